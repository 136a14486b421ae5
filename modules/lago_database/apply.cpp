// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>

#include "lago_database/lago_database.hpp"
#include "postgres/verifier.hpp"

namespace lago::database {

namespace {

using postgres::Connection;
using postgres::Statement;

constexpr int usual_iterations = 4096;  // RFC 7677, and the server's default

int iterations(const Connection& connection) {
    const std::string text = connection.parameter("scram_iterations");  // reported from version 16 on
    int number = usual_iterations;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Runs the steps, and knows which of them stay done when one fails.
class Work {
public:
    Work(Session& session, const Desired& desired) : session_(session), desired_(desired) {}

    void outside(const Step& step) {
        for (const Statement& statement : step.statements) run(session_.admin(), statement, step.text());
        done_.push_back(step.text());
    }

    void inside(const std::vector<Step>& steps) {
        if (steps.empty()) return;
        Connection& connection = open_inside();
        run(connection, Statement().sql("BEGIN"), "begin");
        for (const Step& step : steps)
            for (const Statement& statement : step.statements) run(connection, statement, step.text());
        run(connection, Statement().sql("COMMIT"), "commit");
        for (const Step& step : steps) done_.push_back(step.text());
    }

    void prove(const Step& step) {
        std::string why;
        const Proof proof =
            session_.prove(desired_.owner, *desired_.password, desired_.name.string(), true, why);
        if (proof == Proof::works) return;
        stop({.what = "cannot " + step.text() + " the way Lago does",
              .why = why,
              .hint = proof == Proof::unproven ? "See pg_hba.conf and the limits of the role and the database"
                                               : "",
              .kind = "login_refused",
              .facts = {}});
    }

private:
    Connection& open_inside() {
        try {
            return session_.inside(desired_.name);
        } catch (Failure& failure) {
            stop(std::move(failure));
        }
    }

    void run(Connection& connection, const Statement& statement, const std::string& doing) {
        std::optional<Secret> verifier;
        if (statement.has_password() && desired_.password)
            verifier = postgres::make_verifier(*desired_.password, iterations(connection));
        if (statement.has_password() && !verifier)
            stop({.what = "cannot " + doing,
                  .why = "no verifier could be made of the password",
                  .hint = "",
                  .kind = "verifier",
                  .facts = {}});
        const auto rows = connection.execute(statement, verifier, session_.deadline());
        if (!rows) stop(to_failure(rows.error(), "cannot " + doing));
    }

    [[noreturn]] void stop(Failure failure) const {
        failure.changed = !done_.empty();
        failure.facts.set("done", list_of(done_));
        std::string told;
        for (const std::string& step : done_)
            told += (told.empty() ? "Done before, and staying so: " : ", ") + step;
        if (!told.empty()) failure.hint += (failure.hint.empty() ? "" : ". ") + told;
        throw failure;
    }

    Session& session_;
    const Desired& desired_;
    std::vector<std::string> done_;
};

}  // namespace

Done apply(Session& session, const Desired& desired, const Plan& plan) {
    Work work(session, desired);
    std::vector<Step> together;
    for (const Step& step : plan.steps) {
        if (step.kind == StepKind::prove_login) continue;
        if (step.outside)
            work.outside(step);
        else
            together.push_back(step);
    }
    work.inside(together);
    for (const Step& step : plan.steps)
        if (step.kind == StepKind::prove_login) work.prove(step);
    return {session.connection(), session.take_warnings()};
}

}  // namespace lago::database
