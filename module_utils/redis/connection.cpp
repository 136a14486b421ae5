// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/connection.hpp"

#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <tuple>

#include "http/socket.hpp"
#include "http/tls.hpp"
#include "system/wait.hpp"

namespace lago::redis {

namespace {

constexpr std::size_t largest_answer = 4U << 20U;  // INFO of a server with many databases: some 100 KB
constexpr long long most_elements = 10000;
constexpr int deepest_nesting = 100;  // hiredis frees arrays of arrays by recursion

http::Endpoint for_socket(const docker::Endpoint& endpoint) {
    http::Endpoint made;
    made.host = endpoint.host;
    made.port = static_cast<std::uint16_t>(endpoint.port);
    made.addresses = endpoint.addresses;
    if (endpoint.way == docker::Way::socket) made.unix_socket = endpoint.socket;
    return made;
}

redisContext* context_for(int socket) {
    redisOptions options{};
    options.type = REDIS_CONN_USERFD;
    options.endpoint.fd = socket;
    options.options = REDIS_OPT_NONBLOCK;
    return redisConnectWithOptions(&options);
}

std::span<redisReply*> elements_of(const redisReply& reply) {
    return {reply.element, reply.elements};
}

bool is_text(const redisReply& reply) {
    return reply.type == REDIS_REPLY_STRING || reply.type == REDIS_REPLY_STATUS ||
           reply.type == REDIS_REPLY_ERROR;
}

std::string_view text_of(const redisReply& reply) {
    return {reply.str, reply.len};
}

}  // namespace

std::optional<std::string_view> Reply::text() const {
    if (!is_text(*reply_)) return std::nullopt;
    return text_of(*reply_);
}

std::optional<std::int64_t> Reply::integer() const {
    if (reply_->type != REDIS_REPLY_INTEGER) return std::nullopt;
    return reply_->integer;
}

std::vector<std::string_view> Reply::texts() const {
    std::vector<std::string_view> found;
    if (reply_->type != REDIS_REPLY_ARRAY) return found;
    for (const redisReply* element : elements_of(*reply_))
        if (is_text(*element)) found.push_back(text_of(*element));
    return found;
}

std::expected<Connection, Error> Connection::open(const docker::Endpoint& endpoint,
                                                  const std::optional<http::Tls>& tls, Deadline deadline) {
    auto socket = endpoint.connect([&] { return http::connect_to(for_socket(endpoint), deadline); });
    if (!socket) return std::unexpected(from(socket.error()));
    Context context(context_for(socket->get()));
    if (!context) throw std::bad_alloc();
    socket->release();
    context->reader->maxelements = most_elements;
    Connection connection(std::move(context), endpoint.description());
    if (tls)
        if (const auto started = connection.start_tls(endpoint.host, *tls, deadline); !started)
            return std::unexpected(started.error());
    return connection;
}

std::expected<void, Error> Connection::start_tls(const std::string& host, const http::Tls& tls,
                                                 Deadline deadline) {
    auto handle = http::prepare_tls(host, tls);
    if (!handle) return std::unexpected(from(handle.error()));
    SSL& session = **handle;
    ERR_clear_error();
    if (redisInitiateSSL(context_.get(), &session) != REDIS_OK)
        return std::unexpected(from(http::handshake_error(session, host)));
    std::ignore = handle->release();  // the context frees it
    const auto shaken = http::shake_hands(session, host, deadline);
    if (shaken) return {};
    // A server without TLS takes our greeting as the beginning of a command, and waits for its end.
    if (shaken.error().kind == http::ErrorKind::timed_out)
        return std::unexpected(Error{ErrorKind::tls, name_ + " did not answer the TLS handshake in time"});
    return std::unexpected(from(shaken.error()));
}

std::expected<void, Error> Connection::log_in(const std::string& user, const Secret& password,
                                              Deadline deadline) {
    std::vector<std::string_view> words{"AUTH"};
    if (!user.empty()) words.emplace_back(user);
    words.push_back(password.expose());
    const auto reply = command(words, deadline);
    if (!reply) return std::unexpected(reply.error());
    return {};
}

std::expected<Reply, Error> Connection::command(const std::vector<std::string_view>& words,
                                                Deadline deadline) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string_view word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    const int count = static_cast<int>(words.size());
    if (redisAppendCommandArgv(context_.get(), count, texts.data(), sizes.data()) != REDIS_OK)
        return std::unexpected(broken());
    if (const auto sent = send(deadline); !sent) return std::unexpected(sent.error());
    auto reply = receive(deadline);
    if (reply && reply->reply_->type == REDIS_REPLY_ERROR)
        return std::unexpected(read_server_error(text_of(*reply->reply_)));
    return reply;
}

std::expected<void, Error> Connection::send(Deadline deadline) {
    for (int done = 0; done == 0;) {
        ERR_clear_error();
        if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return std::unexpected(broken());
        if (done == 0 && !system::wait_for(context_->fd, POLLOUT, deadline)) return std::unexpected(late());
    }
    return {};
}

std::expected<Reply, Error> Connection::receive(Deadline deadline) {
    std::size_t received = 0;
    for (;;) {
        void* raw = nullptr;
        if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) return std::unexpected(broken());
        if (raw != nullptr) return Reply(static_cast<redisReply*>(raw));
        if (context_->reader->ridx > deepest_nesting)
            return std::unexpected(Error{ErrorKind::garbage, "what " + name_ + " sent is nested too deeply"});
        if (const auto more = read_more(received, deadline); !more) return std::unexpected(more.error());
    }
}

std::expected<void, Error> Connection::read_more(std::size_t& received, Deadline deadline) {
    for (;;) {
        const std::size_t before = context_->reader->len;
        ERR_clear_error();
        if (redisBufferRead(context_.get()) != REDIS_OK) return std::unexpected(broken());
        received += context_->reader->len - before;
        if (received > largest_answer)
            return std::unexpected(Error{ErrorKind::too_large, "the answer of " + name_ + " does not end"});
        if (deadline.passed()) return std::unexpected(late());
        if (context_->reader->len > before) return {};
        if (!system::wait_for(context_->fd, POLLIN, deadline)) return std::unexpected(late());
    }
}

Error Connection::broken() const {
    if (context_->err == REDIS_ERR_PROTOCOL)
        return {ErrorKind::garbage, "what " + name_ + " sent is not Redis' protocol: " + context_->errstr};
    if (context_->err == REDIS_ERR_OOM) throw std::bad_alloc();
    if (ERR_peek_error() != 0) return from(http::last_tls_error());
    return {ErrorKind::closed, name_ + " closed the connection: " + context_->errstr};
}

Error Connection::late() const {
    return {ErrorKind::timed_out, name_ + " gave no answer within the time given"};
}

}  // namespace lago::redis
