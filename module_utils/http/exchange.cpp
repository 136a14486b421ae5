// SPDX-License-Identifier: GPL-3.0-or-later
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "core/ascii.hpp"
#include "http/http.hpp"
#include "http/socket.hpp"
#include "http/tls.hpp"
#include "system/wait.hpp"

namespace lago::http {

struct Connection::State {
    system::Fd fd;
    std::optional<TlsSession> tls;
    std::string host_header;
    std::string name;
};

namespace {

// More than any server sends.
constexpr std::size_t longest_status_line = 1024;
// Also more than any server sends; many equal headers cost quadratic time in libc++'s hash table.
constexpr std::size_t longest_headers = 64U << 10U;
// Room for status line, headers, chunk sizes and trailers beside the body.
constexpr std::size_t room_for_headers = 256U << 10U;

/// The bytes of a connection as httplib reads and writes them, within the deadline and the size.
class Channel final : public httplib::Stream {
public:
    Channel(int fd, TlsSession* tls, Deadline deadline, std::size_t limit)
        : fd_(fd), tls_(tls), deadline_(deadline), limit_(limit) {}

    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return fd_; }

    ssize_t read(char* data, std::size_t size) override {
        if (at_ == held_ && !fill()) return end_ && end_ends_the_body_ ? 0 : -1;
        const std::size_t count = std::min(size, held_ - at_);
        std::memcpy(data, buffer_.data() + at_, count);
        at_ += count;
        return static_cast<ssize_t>(count);
    }

    ssize_t write(const char* data, std::size_t size) override {
        const auto count = tls_ != nullptr ? tls_->write(data, size, deadline_) : send(data, size);
        if (count) return static_cast<ssize_t>(*count);
        error_ = count.error();
        return -1;
    }

    /// The answer has neither a length nor chunks: the connection's end is its end.
    void read_until_closed() { end_ends_the_body_ = true; }
    /// From here on the limit of the whole answer holds, no longer that of its headers.
    void headers_are_read() { in_headers_ = false; }
    /// The body may have any length.
    void lift_limit() { limit_ = std::numeric_limits<std::size_t>::max(); }
    /// What went wrong below HTTP, if anything did.
    const std::optional<Error>& error() const { return error_; }
    bool ended() const { return end_; }

private:
    bool fill() {
        if (end_ || error_) return false;
        const auto count =
            tls_ != nullptr ? tls_->read(buffer_.data(), buffer_.size(), deadline_) : receive();
        if (!count) error_ = count.error();
        if (!count) return false;
        end_ = *count == 0;
        at_ = 0;
        held_ = *count;
        total_ += *count;
        if (total_ > (in_headers_ ? longest_headers : limit_))
            error_ = Error{ErrorKind::too_large, "the answer is too large"};
        if (!status_line_is_sane()) error_ = Error{ErrorKind::garbage, "the answer is not HTTP"};
        return !end_ && !error_;
    }

    // httplib reads the status line with a regular expression that recurses for each byte: it sees short ones
    // only. After "100 Continue", which nobody asked for, it would read another one.
    bool status_line_is_sane() {
        if (!in_status_line_ || end_) return true;
        const std::string_view held(buffer_.data(), held_);
        const std::size_t line = std::min(held.find('\n'), held_);
        in_status_line_ = line == held_;
        status_line_ += held.substr(0, std::min(line, longest_status_line));
        constexpr std::string_view start = "HTTP/1.";
        const std::string_view seen = std::string_view(status_line_).substr(0, start.size());
        const bool interim = status_line_.starts_with("HTTP/1.1 1") || status_line_.starts_with("HTTP/1.0 1");
        return start.starts_with(seen) && !interim && status_line_.size() < longest_status_line;
    }

    std::expected<std::size_t, Error> receive() {
        for (;;) {
            const ssize_t count = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
            if (count >= 0) return static_cast<std::size_t>(count);
            if (!wait_again(POLLIN)) return std::unexpected(outcome(errno));
        }
    }

    std::expected<std::size_t, Error> send(const char* data, std::size_t size) {
        for (;;) {
            const ssize_t count = ::send(fd_, data, size, MSG_NOSIGNAL);
            if (count >= 0) return static_cast<std::size_t>(count);
            if (!wait_again(POLLOUT)) return std::unexpected(outcome(errno));
        }
    }

    // Keeps errno where it is not a matter of waiting; sets ETIMEDOUT at the deadline.
    bool wait_again(short events) const {
        if (errno == EINTR) return true;
        if (errno != EAGAIN) return false;
        if (system::wait_for(fd_, events, deadline_)) return true;
        errno = ETIMEDOUT;
        return false;
    }

    static Error outcome(int number) {
        if (number == ETIMEDOUT) return {ErrorKind::timed_out, "no answer in time"};
        return {ErrorKind::closed, std::string("the connection was lost: ") + std::strerror(number)};
    }

    int fd_;
    TlsSession* tls_;
    Deadline deadline_;
    std::size_t limit_;
    std::array<char, 16384> buffer_;
    std::size_t at_ = 0;
    std::size_t held_ = 0;
    std::size_t total_ = 0;
    std::string status_line_;
    bool in_status_line_ = true;
    bool in_headers_ = true;
    bool end_ = false;
    bool end_ends_the_body_ = false;
    std::optional<Error> error_;
};

/// httplib's client without its connecting: a request written to, and an answer read from, any stream.
class Messages final : public httplib::ClientImpl {
public:
    Messages() : ClientImpl("unused", 80) {
        set_url_encode(false);
        set_decompress(false);
    }
    bool run(Channel& channel, httplib::Request& request, httplib::Response& response) {
        httplib::Error ignored = httplib::Error::Success;
        return process_request(channel, request, response, true, ignored);
    }
};

bool fits_in_a_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return ascii::is_alphanumeric(c) || marks.find(c) != marks.npos;
    });
}

bool is_sendable(const Request& request) {
    const auto good = [](std::string_view name, std::string_view value) {
        return is_token(name) && fits_in_a_line(value);
    };
    const bool target = request.target.starts_with('/') &&
                        std::ranges::all_of(request.target, [](char c) { return c > ' ' && c != '\x7f'; });
    return target && is_token(request.method) && fits_in_a_line(request.content_type) &&
           std::ranges::all_of(request.headers, [&](const Header& h) { return good(h.first, h.second); }) &&
           std::ranges::all_of(request.secret_headers,
                               [&](const auto& h) { return good(h.first, h.second.expose()); });
}

httplib::Request to_httplib(const Request& request, const std::string& host_header) {
    httplib::Request out;
    out.method = request.method;
    out.path = request.target;
    out.body = request.body;
    out.headers = {{"Host", host_header}, {"User-Agent", "mash.lago"}, {"Accept-Encoding", "identity"}};
    if (!request.body.empty()) out.headers.emplace("Content-Type", request.content_type);
    for (const auto& [name, value] : request.headers) out.headers.emplace(name, value);
    for (const auto& [name, value] : request.secret_headers) out.headers.emplace(name, value.expose());
    return out;
}

void forget_secrets(httplib::Request& request, const Request& asked) {
    for (const auto& [name, value] : asked.secret_headers)
        for (auto [at, end] = request.headers.equal_range(name); at != end; ++at) secrets::wipe(at->second);
}

Response from_httplib(const httplib::Response& response, std::string body) {
    return {response.status, {response.headers.begin(), response.headers.end()}, std::move(body)};
}

std::string host_header(const Endpoint& endpoint) {
    const std::uint16_t usual = endpoint.tls ? 443 : 80;
    const std::string host =
        endpoint.host.find(':') != std::string::npos ? "[" + endpoint.host + "]" : endpoint.host;
    return endpoint.port == usual || endpoint.unix_socket ? host : host + ":" + std::to_string(endpoint.port);
}

}  // namespace

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

std::expected<Connection, Error> Connection::open(const Endpoint& endpoint, Deadline deadline) {
    if (!fits_in_a_line(endpoint.host))
        return std::unexpected(Error{ErrorKind::bad_request, "the host name holds a line break or NUL"});
    auto fd = connect_to(endpoint, deadline);
    if (!fd) return std::unexpected(fd.error());
    auto state =
        std::make_unique<State>(State{std::move(*fd), std::nullopt, host_header(endpoint), endpoint.name()});
    if (endpoint.tls) {
        auto tls = TlsSession::open(state->fd.get(), endpoint.host, *endpoint.tls, deadline);
        if (!tls) return std::unexpected(tls.error());
        state->tls = std::move(*tls);
    }
    return Connection(std::move(state));
}

std::expected<Response, Error> Connection::exchange(const Request& request, Deadline deadline,
                                                    std::size_t limit) && {
    return std::move(*this).run(request, {}, deadline, limit);
}

std::expected<Response, Error> Connection::stream(const Request& request, const Receiver& receive,
                                                  Deadline deadline) && {
    return std::move(*this).run(request, receive, deadline, usual_limit);
}

std::expected<Response, Error> Connection::run(const Request& request, const Receiver& receive,
                                               Deadline deadline, std::size_t limit) && {
    const std::unique_ptr<State> state = std::move(state_);
    const auto failed = [&](ErrorKind kind, const std::string& why) {
        return std::unexpected(
            Error{kind, request.method + " " + request.target + " at " + state->name + ": " + why});
    };
    if (!is_sendable(request))
        return failed(ErrorKind::bad_request, "a line break or blank where none may be");

    Channel channel(state->fd.get(), state->tls ? &*state->tls : nullptr, deadline, limit + room_for_headers);
    httplib::Request out = to_httplib(request, state->host_header);
    httplib::Response in;
    std::string body;
    bool too_large = false;
    bool streamed = false;
    bool stopped = false;
    out.response_handler = [&](const httplib::Response& head) {
        channel.headers_are_read();
        if (!head.has_header("Content-Length") && !head.has_header("Transfer-Encoding"))
            channel.read_until_closed();
        streamed = receive && head.status < 400;
        if (streamed) channel.lift_limit();
        too_large = !streamed && head.get_header_value_u64("Content-Length") > limit;
        return !too_large;
    };
    out.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
        if (streamed) {
            stopped = !receive(std::string_view(data, size));
            return !stopped;
        }
        too_large = size > limit - body.size();
        if (!too_large) body.append(data, size);
        return !too_large;
    };

    bool read = false;
    try {
        read = Messages().run(channel, out, in);
    } catch (const std::exception&) {  // httplib converts numbers without looking at them first
        read = false;
    }
    forget_secrets(out, request);
    const bool final_status = in.status >= 200;
    if (read && final_status && !channel.error()) return from_httplib(in, std::move(body));
    if (stopped) return failed(ErrorKind::stopped, "no more of the answer was wanted");
    if (channel.error()) return failed(channel.error()->kind, channel.error()->message);
    if (too_large)
        return failed(ErrorKind::too_large, "the answer is larger than " + std::to_string(limit) + " bytes");
    if (channel.ended())
        return failed(ErrorKind::closed, "the connection was closed before the answer ended");
    return failed(ErrorKind::garbage, "the answer is not HTTP");
}

}  // namespace lago::http
