// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/password_option.hpp"

#include <utility>

#include "core/failure.hpp"
#include "system/file.hpp"
#include "system/path.hpp"
#include "text/secret_text.hpp"

namespace lago::ansible {

namespace {

constexpr std::size_t largest_file = 64U << 10U;

Failure unusable(const system::Path& path, const std::string& option, std::string why) {
    return {.what = "cannot read the password in " + path.string(),
            .why = std::move(why),
            .hint = "Option " + option + " is the path of a file on the target that holds it",
            .kind = "password_file",
            .facts = {{"path", path.string()}}};
}

Failure unreadable(const system::SystemError& error, const system::Path& path, const std::string& option) {
    Failure failure = unusable(path, option, error.message());
    failure.facts.set("errno", error.number);
    return failure;
}

// Nothing where the file does not set it.
std::optional<Secret> password_in(const Secret& content, const std::optional<std::string>& key,
                                  const system::Path& path, const std::string& option) {
    if (!key) return content.map(text::without_line_end);
    auto variable = text::secret_variable(content, *key);
    if (!variable) throw unusable(path, option, variable.error().message);
    return *variable;
}

}  // namespace

PasswordOption password_option(const Options& options, const std::string& name, bool check_mode) {
    PasswordOption found{.password = options.secret(name), .option = name, .follows = false};
    const auto file = options.find<std::string>(name + "_file");
    if (!file || file->empty()) return found;
    found.option = name + "_file";
    const system::Path path(*file, found.option);
    const auto key = options.find<std::string>(name + "_file_key");
    const auto content = system::read_secret_file(path, largest_file);
    const bool missing = !content && content.error().is_missing();
    if (!content && !(missing && check_mode)) throw unreadable(content.error(), path, found.option);
    if (content) found.password = password_in(*content, key, path, found.option);
    if (found.password && found.password->empty())
        throw unusable(path, found.option, key ? "the variable " + *key + " is empty" : "the file is empty");
    found.follows = !found.password;
    if (found.follows && !check_mode)
        throw unusable(path, found.option, "there is no variable " + *key + " in it");
    return found;
}

}  // namespace lago::ansible
