// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "system/fd.hpp"

extern char** environ;

namespace lago::system {

namespace {

struct Pipe {
    Fd reading;
    Fd writing;
};

std::optional<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

class FileActions {
public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    void use(const Fd& fd, int as) { ::posix_spawn_file_actions_adddup2(&actions_, fd.get(), as); }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// A group of its own, so that all of it can be killed; no signal blocked or ignored.
class SpawnAttributes {
public:
    SpawnAttributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::sigdelset(&all, SIGKILL);
        ::sigdelset(&all, SIGSTOP);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_,
            static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP));
    }
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

// A child that is killed with its group unless it was waited for.
class Child {
public:
    explicit Child(pid_t pid) : pid_(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ <= 0) return;
        ::kill(-pid_, SIGKILL);
        wait(0);
    }
    // False while it still runs (with WNOHANG).
    bool wait(int flags) {
        pid_t done = 0;
        do done = ::waitpid(pid_, &state_, flags);
        while (done < 0 && errno == EINTR);
        if (done == 0) return false;
        pid_ = -1;
        return true;
    }
    int status() const { return WIFSIGNALED(state_) ? 128 + WTERMSIG(state_) : WEXITSTATUS(state_); }

private:
    pid_t pid_;
    int state_ = 0;
};

std::vector<std::string> environment(const std::vector<std::string>& added) {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        if (!text.starts_with("LC_") && !text.starts_with("LANG=") && !text.starts_with("LANGUAGE="))
            variables.emplace_back(text);
    }
    variables.emplace_back("LC_ALL=C");
    variables.insert(variables.end(), added.begin(), added.end());
    return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

int milliseconds(Deadline deadline) {
    return static_cast<int>(std::min<std::int64_t>(deadline.left().count() + 1, 60'000));
}

// Moves what is ready; false at the end of the stream.
bool take(const Fd& from, std::string& into) {
    std::array<char, 16384> buffer{};
    const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    into.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0;
}

bool give(const Fd& to, std::string_view& rest) {
    const ssize_t put = ::write(to.get(), rest.data(), rest.size());
    if (put < 0) return errno == EINTR || errno == EAGAIN;
    rest.remove_prefix(static_cast<std::size_t>(put));
    return !rest.empty();
}

struct Streams {
    Fd input;
    Fd out;
    Fd err;
};

// Feeds and reads until both outputs are closed.
std::optional<RunError> converse(Streams& streams, const RunSettings& settings, Deadline deadline,
                                 Finished& finished) {
    std::string_view rest = settings.input ? settings.input->expose() : std::string_view();
    if (rest.empty()) streams.input = Fd();
    while (streams.out || streams.err) {
        std::array<pollfd, 3> watched{pollfd{streams.out.get(), POLLIN, 0},
                                      pollfd{streams.err.get(), POLLIN, 0},
                                      pollfd{streams.input.get(), POLLOUT, 0}};
        if (deadline.passed()) return RunError::deadline;
        if (::poll(watched.data(), watched.size(), milliseconds(deadline)) < 0 && errno != EINTR)
            return RunError::refused;
        if (watched[0].revents != 0 && !take(streams.out, finished.out)) streams.out = Fd();
        if (watched[1].revents != 0 && !take(streams.err, finished.err)) streams.err = Fd();
        if (watched[2].revents != 0 && !give(streams.input, rest)) streams.input = Fd();
        if (finished.out.size() + finished.err.size() > settings.output_limit) return RunError::too_much;
    }
    return std::nullopt;
}

// Both outputs are closed: the end is near, but a daemon may close them and stay.
bool wait_until(Child& child, Deadline deadline) {
    constexpr int most_ms = 20;
    for (int pause = 0; !child.wait(WNOHANG); pause = std::min(pause + 1, most_ms)) {
        if (deadline.passed()) return false;
        ::poll(nullptr, 0, pause);
    }
    return true;
}

}  // namespace

std::expected<Finished, RunError> run(const std::vector<std::string>& argv, Deadline deadline,
                                      const RunSettings& settings) {
    const auto program = find_program(argv.at(0));
    if (!program) return std::unexpected(RunError::not_found);
    auto out = make_pipe();
    auto err = make_pipe();
    auto input = settings.input ? make_pipe() : Pipe{Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), Fd()};
    if (!out || !err || !input || !input->reading) return std::unexpected(RunError::refused);

    FileActions actions;
    actions.use(input->reading, STDIN_FILENO);
    actions.use(out->writing, STDOUT_FILENO);
    actions.use(err->writing, STDERR_FILENO);
    const SpawnAttributes attributes;
    std::vector<std::string> words = argv;
    std::vector<std::string> variables = environment(settings.variables);
    pid_t pid = -1;
    const int failed = ::posix_spawn(&pid, program->c_str(), actions.get(), attributes.get(),
                                     pointers(words).data(), pointers(variables).data());
    if (failed != 0) return std::unexpected(failed == ENOENT ? RunError::not_found : RunError::refused);
    Child child(pid);

    if (input->writing) ::fcntl(input->writing.get(), F_SETFL, O_NONBLOCK);
    Streams streams{std::move(input->writing), std::move(out->reading), std::move(err->reading)};
    input->reading = Fd();
    out->writing = Fd();
    err->writing = Fd();
    Finished finished;
    if (const auto error = converse(streams, settings, deadline, finished)) return std::unexpected(*error);
    if (!wait_until(child, deadline)) return std::unexpected(RunError::deadline);
    finished.status = child.status();
    return finished;
}

std::optional<std::string> find_program(std::string_view name) {
    if (name.find('/') != std::string_view::npos) return std::string(name);
    const char* variable = std::getenv("PATH");
    const std::string folders = std::string(variable == nullptr ? "" : variable) +
                                ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (std::size_t at = 0; at <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        const std::string candidate = folders.substr(at, end - at) + "/" + std::string(name);
        if (candidate.front() == '/' && end > at && ::access(candidate.c_str(), X_OK) == 0) return candidate;
        at = end + 1;
    }
    return std::nullopt;
}

void open_missing_streams() {
    while (true) {
        const int number = ::open("/dev/null", O_RDWR);
        if (number < 0) return;
        if (number > 2) {
            ::close(number);
            return;
        }
    }
}

}  // namespace lago::system
