// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/secret.hpp"
#include "docker/service_address.hpp"
#include "http/http.hpp"
#include "redis/error.hpp"

namespace lago::redis {

/// One answer of the server that is not an error.
class Reply {
public:
    explicit Reply(redisReply* reply) : reply_(reply) {}

    /// Of a string or a status; nothing otherwise.
    std::optional<std::string_view> text() const;
    std::optional<std::int64_t> integer() const;
    /// The texts in an array, in their order; what is no text is left out.
    std::vector<std::string_view> texts() const;

private:
    friend class Connection;
    struct Free {
        void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
    };
    std::unique_ptr<redisReply, Free> reply_;
};

/// A connection to a Redis or Valkey. After an error that is not the server's own it can only be dropped.
class Connection {
public:
    /// Connects where `endpoint` says and, for TLS, shakes hands: the certificate is checked for
    /// `endpoint.host`, whatever address that is reached at.
    static std::expected<Connection, Error> open(const docker::Endpoint& endpoint,
                                                 const std::optional<http::Tls>& tls, Deadline deadline);

    /// AUTH; an empty `user` is the default user.
    std::expected<void, Error> log_in(const std::string& user, const Secret& password, Deadline deadline);

    /// Sends one command and reads its answer of at most a few megabytes. An error reply is an Error.
    std::expected<Reply, Error> command(const std::vector<std::string_view>& words, Deadline deadline);

private:
    struct Free {
        void operator()(redisContext* context) const noexcept { redisFree(context); }
    };
    using Context = std::unique_ptr<redisContext, Free>;

    Connection(Context context, std::string name) : context_(std::move(context)), name_(std::move(name)) {}
    std::expected<void, Error> start_tls(const std::string& host, const http::Tls& tls, Deadline deadline);
    std::expected<void, Error> send(Deadline deadline);
    std::expected<Reply, Error> receive(Deadline deadline);
    std::expected<void, Error> read_more(std::size_t& received, Deadline deadline);
    Error broken() const;
    Error late() const;

    Context context_;
    std::string name_;
};

}  // namespace lago::redis
