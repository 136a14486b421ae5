// SPDX-License-Identifier: GPL-3.0-or-later
#include "ansible/run.hpp"

#include <chrono>
#include <exception>
#include <new>

#include "ansible/json.hpp"
#include "ansible/process.hpp"
#include "ansible/python.hpp"
#include "core/secret.hpp"

namespace lago::ansible {

namespace {

constexpr std::chrono::minutes usual_time(5);
constexpr std::string_view out_of_memory = "\n{\"failed\": true, \"msg\": \"out of memory\"}\n";

Answer plain_failure(const std::string& message) {
    return {"\n" + to_json(Dict{{"failed", true}, {"msg", secrets::scrub(message)}}) + "\n", 1};
}

Deadline deadline_of(const ModuleSpec& spec, const Dict& parameters) {
    const Value* timeout = parameters.find("timeout");
    const Integer* seconds = timeout == nullptr ? nullptr : timeout->as_integer();
    constexpr std::int64_t longest = std::int64_t{7} * 24 * 3600;
    if (spec.arguments.find("timeout") == nullptr || seconds == nullptr || !seconds->value ||
        *seconds->value <= 0)
        return Deadline::after(usual_time);
    return Deadline::after(std::chrono::seconds(std::min(*seconds->value, longest)));
}

Answer call(const Module& module, const ModuleSpec& spec, Session& session) {
    const Internals& internals = session.internals();
    Call call(Options(session.parameters(), spec.arguments),
              Call::Mode{.check = internals.check_mode,
                         .diff = internals.diff,
                         .verbosity = internals.verbosity,
                         .tmpdir = internals.tmpdir},
              deadline_of(spec, session.parameters()));
    return session.exit(module.run(call));
}

Answer checked_call(const Module& module, const ModuleSpec& spec, Dict parameters) {
    Session session(spec, std::string(module.name), Session::Hide::every_form);
    try {
        if (auto over = session.start(std::move(parameters))) return *over;
        if (!session.log_line().empty())
            log_invocation(std::string(module.name), session.internals(), session.log_line());
        leave_unreadable_directory(session.internals().tmpdir);
        return call(module, spec, session);
    } catch (const Failure& failure) {
        return session.fail(failure);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& problem) {
        return session.fail(Failure{.what = "internal error in " + std::string(module.name),
                                    .why = problem.what(),
                                    .hint = "Please report it with the task that led to it",
                                    .kind = "internal",
                                    .facts = {}});
    }
}

}  // namespace

Answer run_module(const Module& module, std::string_view json) {
    try {
        auto parameters = parse_parameters(json);
        if (!parameters) return plain_failure(parameters.error());
        parameters->erase("_lago_applet");
        const auto spec = parse_json(module.spec_json);
        if (!spec)
            return plain_failure("the specification of " + std::string(module.name) + " is " + spec.error());
        return checked_call(module, ModuleSpec::from(*spec), std::move(*parameters));
    } catch (const std::bad_alloc&) {
        return {std::string(out_of_memory), 1};
    } catch (const Failure& failure) {
        return plain_failure(failure.what + ": " + failure.why);
    } catch (const std::exception& problem) {
        return plain_failure(std::string("internal error: ") + problem.what());
    } catch (...) {
        return plain_failure("internal error of an unknown kind");
    }
}

}  // namespace lago::ansible
