// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include "lago_redis/lago_redis.hpp"
#include "redis/connection.hpp"
#include "redis/info.hpp"

namespace lago::redis {

namespace {

constexpr auto what = "Redis cannot be checked";

// SHA-1 of the script: EVAL has loaded it, so that EVALSHA finds it.
constexpr std::string_view script = "return 1";
constexpr std::string_view script_sha1 = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";

// Asks only, and touches no key; before 7.0 there is no such question. The commands are those of Sidekiq's
// queues, schedule and heartbeats, and of the locks.
constexpr std::string_view refused_commands = R"(
if not redis.acl_check_cmd then return {} end
local refused = {}
for _, words in ipairs({
    {'LPUSH', 'queue:default', 'x'}, {'BRPOP', 'queue:default', '1'}, {'ZADD', 'schedule', '1', 'x'},
    {'ZRANGE', 'schedule', '0', '1'}, {'SADD', 'queues', 'x'}, {'HSET', 'x', 'x', 'x'}, {'INCR', 'stat:processed'},
    {'SET', 'x', 'x'}, {'GET', 'x'}, {'DEL', 'x'}, {'EXPIRE', 'x', '1'}, {'PUBLISH', 'x', 'x'},
    {'SUBSCRIBE', 'x'}}) do
    if not redis.acl_check_cmd(unpack(words)) then table.insert(refused, words[1]) end
end
return refused)";

/// Why one attempt did not get through.
struct Trouble {
    Failure failure;
    bool passing = false;
    bool loading = false;
    bool not_there_yet = false;
};

Trouble from(const docker::ReachError& error) {
    return {.failure = docker::to_failure(error, what),
            .passing = error.not_there_yet() || error.kind == docker::ReachError::Kind::timeout,
            .not_there_yet = error.not_there_yet()};
}

Trouble from(const Error& error, const docker::Endpoint& endpoint) {
    Failure failure = to_failure(error, what);
    failure.facts.set("connection", endpoint.to_dict());
    return {.failure = std::move(failure),
            .passing = error.is_passing(),
            .loading = error.kind == ErrorKind::loading,
            .not_there_yet = error.not_there_yet()};
}

std::optional<std::int64_t> number(const std::optional<std::string>& text) {
    std::int64_t value = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

void read_info(std::string_view text, Observed& observed) {
    const auto fields = parse_info(text);
    const auto field = [&](std::string_view name) -> std::optional<std::string> {
        const auto found = fields.find(name);
        return found == fields.end() ? std::nullopt : std::optional(found->second);
    };
    observed.redis_version = field("redis_version");
    observed.version = field("valkey_version");
    if (observed.version)
        observed.name = "valkey";
    else
        observed.version = observed.redis_version;
    observed.role = field("role");
    observed.mode = field("cluster_enabled") == "1" ? "cluster" : field("redis_mode");
    if (!observed.mode) observed.mode = field("server_mode");
    observed.maxmemory = number(field("maxmemory"));
    observed.maxmemory_policy = field("maxmemory_policy");
    if (const auto aof = field("aof_enabled")) observed.aof = *aof == "1";
}

/// True for an answer that is a fact about this server or user, not the end of the conversation.
bool is_fact(const Error& error) {
    return error.kind == ErrorKind::no_permission || error.kind == ErrorKind::unknown_command ||
           error.kind == ErrorKind::server;
}

class Inspection {
public:
    Inspection(Connection& connection, Deadline deadline) : connection_(connection), deadline_(deadline) {}

    std::expected<Observed, Error> run(const Desired& desired) {
        if (auto entered = enter(desired); !entered) return std::unexpected(entered.error());
        if (auto asked = ask_info(); !asked) return std::unexpected(asked.error());
        if (observed_.mode == "sentinel") return observed_;  // it knows neither scripts nor CONFIG
        if (auto asked = ask_scripts(); !asked) return std::unexpected(asked.error());
        if (auto asked = ask_snapshots(); !asked) return std::unexpected(asked.error());
        return observed_;
    }

private:
    using Done = std::expected<void, Error>;

    std::expected<Reply, Error> ask(const std::vector<std::string_view>& words) {
        return connection_.command(words, deadline_);
    }

    Done enter(const Desired& desired) {
        if (desired.password || !desired.user.empty()) {
            const Secret password = desired.password.value_or(Secret(std::string_view()));
            if (auto entered = connection_.log_in(desired.user, password, deadline_); !entered)
                return entered;
        }
        if (desired.db == 0) return {};
        const auto selected = ask({"SELECT", std::to_string(desired.db)});
        if (!selected) return std::unexpected(selected.error());
        return {};
    }

    Done ask_info() {
        const auto reply = ask({"INFO"});
        if (!reply && !is_fact(reply.error())) return std::unexpected(reply.error());
        if (!reply) {
            observed_.why_no_info = reply.error().message;
            return {};
        }
        const auto text = reply->text();
        if (!text) return std::unexpected(Error{ErrorKind::garbage, "the answer to INFO is no text"});
        if (parse_info(*text)["loading"] == "1")
            return std::unexpected(Error{ErrorKind::loading, "the server is loading its data into memory"});
        read_info(*text, observed_);
        if (!observed_.redis_version)
            return std::unexpected(Error{ErrorKind::garbage, "the answer to INFO names no redis_version"});
        return {};
    }

    Done ask_scripts() {
        auto reply = ask({"EVAL", script, "0"});
        if (reply) reply = ask({"EVALSHA", script_sha1, "0"});
        if (!reply && !is_fact(reply.error())) return std::unexpected(reply.error());
        // Between the two somebody may have flushed the scripts: EVALSHA was allowed all the same.
        if (!reply && !reply.error().message.starts_with("NOSCRIPT"))
            observed_.why_no_scripts = reply.error().message;
        if (!reply) return {};
        reply = ask({"EVAL", refused_commands, "0"});
        if (!reply && !is_fact(reply.error())) return std::unexpected(reply.error());
        if (reply)
            for (const std::string_view name : reply->texts()) observed_.refused.emplace_back(name);
        return {};
    }

    Done ask_snapshots() {
        const auto reply = ask({"CONFIG", "GET", "save"});
        if (!reply && !is_fact(reply.error())) return std::unexpected(reply.error());
        if (!reply) {
            observed_.why_no_config = reply.error().message;
            return {};
        }
        const auto pair = reply->texts();  // name, value
        if (pair.size() == 2) observed_.snapshots = !pair[1].empty();
        return {};
    }

    Connection& connection_;
    Deadline deadline_;
    Observed observed_;
};

std::expected<Observed, Trouble> look(const Desired& desired, Deadline deadline) {
    const auto endpoint = docker::find_way(desired.address, deadline);
    if (!endpoint) return std::unexpected(from(endpoint.error()));
    auto connection = Connection::open(*endpoint, desired.tls, deadline);
    if (!connection) return std::unexpected(from(connection.error(), *endpoint));
    auto seen = Inspection(*connection, deadline).run(desired);
    if (!seen) return std::unexpected(from(seen.error(), *endpoint));
    seen->reached = true;
    seen->connection = endpoint->to_dict();
    seen->connection.set("tls", desired.tls.has_value());
    return std::move(*seen);
}

bool is_worth_waiting(const Trouble& trouble, const Desired& desired, int attempt, Deadline deadline) {
    return !deadline.passed() && (trouble.loading || (trouble.passing && attempt <= desired.retries));
}

std::chrono::milliseconds pause(const Desired& desired, const Trouble& trouble, Deadline deadline) {
    const std::chrono::milliseconds least(trouble.loading ? 100 : 0);
    return std::min(deadline.left(), std::max<std::chrono::milliseconds>(least, desired.delay));
}

// One attempt must not use up the time of all, nor be too short for a far or busy server.
std::chrono::milliseconds share_of(std::chrono::milliseconds left, int attempts) {
    constexpr std::chrono::milliseconds least(2000);
    return std::max(least, left / std::max(1, attempts));
}

Observed not_there(std::string why) {
    Observed observed;
    observed.why_not_reached = std::move(why);
    return observed;
}

}  // namespace

Observed observe(const Desired& desired, Deadline deadline) {
    if (desired.password_follows) return not_there("the file with the password is not there yet");
    std::optional<Failure> loading;
    for (int attempt = 1;; ++attempt) {
        auto seen = look(desired, deadline.within(share_of(deadline.left(), desired.retries + 2 - attempt)));
        if (seen) {
            seen->attempts = attempt;
            return std::move(*seen);
        }
        Trouble& trouble = seen.error();
        trouble.failure.facts.set("attempts", attempt);
        if (desired.may_be_missing && trouble.not_there_yet) return not_there(trouble.failure.why);
        // A server that was loading a moment ago and now misses the deadline is still loading.
        if (deadline.passed() && loading) throw std::move(*loading);
        if (!is_worth_waiting(trouble, desired, attempt, deadline)) throw std::move(trouble.failure);
        if (trouble.loading) loading = trouble.failure;
        std::this_thread::sleep_for(pause(desired, trouble, deadline));
    }
}

}  // namespace lago::redis
