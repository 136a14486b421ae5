// SPDX-License-Identifier: GPL-3.0-or-later

// The one program that holds every module.
//
//   lago NAME [FILE]      the module NAME, its parameters from FILE or from standard input
//   lago --TOOL           see `usage`
//   NAME [FILE|JSON]      a link or copy named after a module, as Ansible starts binary modules
//   (AnsiballZ_NAME) anything else         the module that `_lago_applet` in the parameters names

#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ansible/json.hpp"
#include "ansible/module.hpp"
#include "ansible/process.hpp"
#include "ansible/python.hpp"
#include "ansible/run.hpp"
#include "core/secret.hpp"
#include "lago_versions.hpp"

namespace lago {
namespace {

constexpr int usage_error = 64;
constexpr std::string_view out_of_memory = "\n{\"failed\": true, \"msg\": \"out of memory\"}\n";

constexpr std::string_view usage =
    "usage: lago MODULE [FILE]    runs a module; its parameters are JSON, from FILE or standard input\n"
    "       lago --list           the modules' names\n"
    "       lago --version        this program's version and what is linked in\n"
    "       lago --dump-spec NAME a module's specification as JSON\n"
    "       lago --validate       checks cases from standard input, one JSON object a line\n";

using Arguments = std::vector<std::string>;

const Module* find_module(std::string_view name) {
    for (const Module& module : module_table())
        if (module.name == name) return &module;
    return nullptr;
}

// "/tmp/x/AnsiballZ_lago_redis_linux_x86_64" -> "lago_redis"
std::string applet_of(std::string name) {
    name.erase(0, name.rfind('/') + 1);
    constexpr std::string_view wrapper = "AnsiballZ_";
    if (name.starts_with(wrapper)) name.erase(0, wrapper.size());
    for (const std::string_view machine : {"_linux_x86_64", "_linux_aarch64"})
        if (name.ends_with(machine)) name.resize(name.size() - machine.size());
    return name;
}

std::string version_text() {
    std::string text = "mash.lago " + std::string(lago_version) + "\n";
    for (const LinkedVersion& one : linked_versions)
        text += std::string(one.name) + " " + std::string(one.version) + "\n";
    return text;
}

std::string list_text() {
    std::string text;
    for (const Module& module : module_table()) text += std::string(module.name) + "\n";
    return text;
}

int tool(const Arguments& arguments, int output) {
    const std::string& name = arguments[1];
    if (name == "--version")
        ansible::write_all(output, version_text());
    else if (name == "--list")
        ansible::write_all(output, list_text());
    else if (name == "--help")
        ansible::write_all(output, usage);
    else if (name == "--validate")
        ansible::validate_cases(STDIN_FILENO, output);
    else if (const Module* module = arguments.size() == 3 ? find_module(arguments[2]) : nullptr;
             name == "--dump-spec" && module != nullptr)
        ansible::write_all(output, std::string(module->spec_json) + "\n");
    else {
        ansible::write_all(STDERR_FILENO, usage);
        return usage_error;
    }
    return 0;
}

int finish(const Module& module, std::string json, int output) {
    const ansible::Answer answer = ansible::run_module(module, json);
    secrets::wipe(json);
    ansible::write_all(output, answer.text);
    secrets::wipe();
    return answer.code;
}

std::string input_from(const Arguments& arguments, std::size_t place) {
    return arguments.size() > place ? ansible::read_parameters(arguments[place])
                                    : ansible::read_standard_input();
}

const Module* module_named_inside(const std::string& json) {
    auto parameters = ansible::parse_parameters(json);
    const Value* name = parameters ? parameters->find("_lago_applet") : nullptr;
    return name == nullptr ? nullptr : find_module(ansible::python::str(*name));
}

int run(const Arguments& arguments, int output) {
    if (arguments.size() > 1) {
        if (const Module* module = find_module(arguments[1]))
            return finish(*module, input_from(arguments, 2), output);
        if (arguments[1].starts_with("--")) return tool(arguments, output);
    }
    if (const Module* module = arguments.empty() ? nullptr : find_module(applet_of(arguments[0])))
        return finish(*module, input_from(arguments, 1), output);
    if (arguments.size() > 1 || ::isatty(STDIN_FILENO) == 0) {
        std::string json = input_from(arguments, 1);
        if (const Module* module = module_named_inside(json)) return finish(*module, std::move(json), output);
    }
    ansible::write_all(STDERR_FILENO, usage);
    return usage_error;
}

// What goes wrong outside of a module, as while its parameters are read, is a result too.
int run_or_fail(const Arguments& arguments) {
    const system::Fd result = ansible::take_standard_streams();
    try {
        return run(arguments, result.get());
    } catch (const std::bad_alloc&) {
        ansible::write_all(result.get(), out_of_memory);
    } catch (...) {
        ansible::write_all(result.get(),
                           "\n{\"failed\": true, \"msg\": \"internal error before the module started\"}\n");
    }
    return 1;
}

}  // namespace
}  // namespace lago

int main(int count, char** values) {
    try {
        return lago::run_or_fail(lago::Arguments(values, values + count));
    } catch (...) {  // no memory for the arguments' copy
        lago::ansible::write_all(STDOUT_FILENO, lago::out_of_memory);
        return 1;
    }
}
