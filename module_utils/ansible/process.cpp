// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/process.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <limits>

#include "ansible/json.hpp"
#include "core/secret.hpp"
#include "system/process.hpp"

namespace lago::ansible {

namespace {

constexpr const char* cannot_decode =
    "Error: Module unable to decode stdin/parameters as valid JSON. Unable to parse what parameters were "
    "passed";

std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (true) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    explicit_bzero(buffer.data(), buffer.size());
    return text;
}

bool may_read_working_directory() {
    std::array<char, 4096> name{};
    return ::getcwd(name.data(), name.size()) != nullptr && ::access(name.data(), F_OK | R_OK) == 0;
}

}  // namespace

system::Fd take_standard_streams() {
    system::open_missing_streams();
    const struct rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
#ifdef SYS_close_range
    constexpr unsigned close_on_exec = 4;  // CLOSE_RANGE_CLOEXEC, Linux 5.11
    ::syscall(SYS_close_range, 3U, std::numeric_limits<unsigned>::max(), close_on_exec);
#endif
    system::Fd result(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    return result;
}

std::string read_standard_input() {
    std::string text = read_to_end(STDIN_FILENO);
    const system::Fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (nothing)
        ::dup2(nothing.get(), STDIN_FILENO);
    else
        ::close(STDIN_FILENO);
    return text;
}

std::string read_parameters(const std::string& file_or_json) {
    struct stat found{};
    if (::stat(file_or_json.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return file_or_json;
    const system::Fd file(::open(file_or_json.c_str(), O_RDONLY | O_CLOEXEC));
    return file ? read_to_end(file.get()) : std::string();
}

std::expected<Dict, std::string> parse_parameters(std::string_view json) {
    auto parsed = parse_json(json);
    if (!parsed || parsed->as_dict() == nullptr) return std::unexpected(cannot_decode);
    Dict* all = parsed->as_dict();
    Value* wrapped = all->find("ANSIBLE_MODULE_ARGS");
    if (wrapped == nullptr) return std::move(*all);
    if (wrapped->as_dict() == nullptr) return std::unexpected(cannot_decode);
    return std::move(*wrapped->as_dict());
}

void leave_unreadable_directory(const std::string& tmpdir) {
    if (may_read_working_directory()) return;
    const char* home = std::getenv("HOME");
    for (const std::string& folder :
         {tmpdir, std::string(home == nullptr ? "" : home), std::string("/tmp"), std::string("/")})
        if (!folder.empty() && ::access(folder.c_str(), F_OK | R_OK) == 0 && ::chdir(folder.c_str()) == 0)
            return;
}

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace lago::ansible
