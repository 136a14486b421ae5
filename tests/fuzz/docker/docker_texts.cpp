// SPDX-License-Identifier: GPL-3.0-or-later

// Any bytes as an image's name, as the progress of a pull and as docker's config.json: what is taken for a
// name is safe in a request and stays the same name, the progress does not depend on how it is cut, and a
// login is read or refused.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "docker/image_name.hpp"
#include "docker/logins.hpp"
#include "docker/pull.hpp"

namespace {

using namespace lago;
using namespace lago::docker;

void must(bool good) {
    if (!good) std::abort();
}

void try_name(std::string_view text) {
    const auto name = ImageName::parse(text);
    if (!name) return;
    const std::string reference = name->reference();
    must(std::ranges::all_of(reference,
                             [](char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '%'; }));
    must(reference.find("..") == std::string::npos || name->registry.find("..") != std::string::npos ||
         name->tag.find("..") != std::string::npos);
    const auto again = ImageName::parse(reference);
    must(again.has_value() && again->repository == name->repository && again->registry == name->registry);
}

std::string said(std::string_view stream, std::size_t piece) {
    PullProgress progress;
    for (std::size_t at = 0; at < stream.size(); at += piece)
        if (!progress.add(stream.substr(at, piece))) return "garbage";
    return progress.finish() ? "good: " + progress.error() : "garbage";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try_name(text);
    must(said(text, 1) == said(text, std::max<std::size_t>(1, size)));
    if (!text.starts_with('{')) return 0;  // a secret's place is kept for as long as the process lives
    if (const auto logins = Logins::parse(Secret(text)); logins)
        for (const std::string_view registry : {"docker.io", "r", "r.example.com:5000"})
            if (const auto login = logins->of(registry); login && login->header)
                must(login->helper.empty() && !login->header->empty());
    secrets::wipe();
    return 0;
}
