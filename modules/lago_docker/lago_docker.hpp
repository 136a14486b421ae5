// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ansible/call.hpp"
#include "ansible/result.hpp"
#include "core/failure.hpp"
#include "docker/engine.hpp"
#include "docker/image_name.hpp"
#include "docker/logins.hpp"
#include "docker/network.hpp"
#include "docker/pull.hpp"
#include "system/path.hpp"
#include "system/write.hpp"

namespace lago::docker {

struct WantedNetwork {
    std::string name;
    bool present = true;
    std::string driver = "bridge";
    std::map<std::string, std::string> options;
    std::optional<bool> ipv6;      ///< absent: as it is, off for a new one
    std::optional<bool> internal;  ///< the same
    std::map<std::string, std::string> labels;

    /// As it is to be made.
    Network to_network() const;
};

enum class Policy { always, missing, never };

struct WantedImage {
    ImageName name;
    Policy pull = Policy::missing;
    std::string platform;  ///< "linux/arm64"; empty: the Engine's own
};

struct Desired {
    Engine engine;
    std::vector<WantedNetwork> networks;
    std::vector<WantedImage> images;
    std::optional<system::Path> registry_config;
    bool config_was_named = false;  ///< by the task; docker's own need not be there
    int retries = 3;
    std::chrono::seconds delay{5};
    bool check_mode = false;
};

struct ObservedNetwork {
    std::vector<Network> found;           ///< all of that name, in the Engine's order
    std::vector<std::string> containers;  ///< that run in them; asked only where they are to be removed
    bool operator==(const ObservedNetwork&) const = default;
};

struct ObservedImage {
    std::optional<Image> local;
    std::optional<std::string> remote;  ///< digest at the registry; asked only in check mode, for `always`
    std::string why_no_remote;          ///< why it could not be asked; empty: it was not asked
    bool operator==(const ObservedImage&) const = default;
};

/// Lists as in Desired; empty where there is no Engine.
struct Observed {
    std::string why_no_engine;  ///< empty: there is one
    std::string platform;       ///< of the Engine: "linux/amd64"; empty where no image is asked for
    std::vector<ObservedNetwork> networks;
    std::vector<ObservedImage> images;
    bool operator==(const Observed&) const = default;
};

struct Step {
    enum class Kind {
        pull,     ///< an image that is not there, or not the right one
        refresh,  ///< an image that is there: what comes may be the same
        create,
        remove,
    };
    Kind kind = Kind::pull;
    std::size_t at = 0;            ///< index in Desired::images or ::networks
    std::string platform;          ///< of a pull; empty: the Engine chooses
    std::vector<std::string> ids;  ///< of what is there: the image, the networks to be removed
    bool operator==(const Step&) const = default;
};

struct Plan {
    std::vector<Step> steps;
    Observed after;  ///< an image that a step pulls is absent: what will come is not known
    std::vector<std::vector<std::string>> differences;  ///< as Desired::networks
    std::vector<std::string> warnings;
    /// A refresh does not count: only the run tells.
    bool changed() const;
};

/// What could not be known before; by index in Desired's lists.
struct Done {
    std::map<std::size_t, Image> images;      ///< pulled
    std::map<std::size_t, Network> networks;  ///< made
    std::set<std::size_t> made_by_others;     ///< of those networks: in the moment between looking and making
};

Desired read_options(const Options& options, bool check_mode);
/// Waits until no other run of this module works on the networks of the same Engine: an Engine before 25.0
/// lets two runs at once make two networks of one name. Images need no lock.
system::FolderLock lock_networks(const Desired& desired, Deadline deadline);
Observed observe(const Desired& desired, Deadline deadline);
/// Decides; no I/O. Throws Failure for a network that is in use, and an image that nobody may pull.
Plan make_plan(const Desired& desired, const Observed& before);
Done apply(const Desired& desired, const Plan& plan, Deadline deadline);
Result report(const Desired& desired, const Observed& before, const Plan& plan, const Done& done);

/// Whether an image is made for a platform, or for one that its processors run as well.
bool runs_on(const Image& image, std::string_view platform);
/// In which of the settings that the task names a network is another one, in words.
std::vector<std::string> differences(const WantedNetwork& wanted, const Network& network);

/// The digest under which an image came from its registry; empty where it came from none.
std::string digest_of(const Image& image, const ImageName& name);

/// The logins for registries, read when the first is asked for.
class Keys {
public:
    explicit Keys(const Desired& desired) : desired_(desired) {}

    /// Throws Failure where the file, or what it says of this registry, cannot be read.
    Login of(const ImageName& name);
    /// True where the task names a file that is not there. In check mode only: a run fails for it.
    bool follow();

private:
    const Logins& read();

    const Desired& desired_;
    std::optional<Logins> logins_;
    bool follow_ = false;
};

/// What ends the module where an image's registry gives nothing.
Failure registry_failure(const PullError& error, const std::string& what, const ImageName& name,
                         int attempts);

/// Calls `ask` until it gives something, or an error that does not pass, or the retries are used up; that
/// error is thrown as a Failure: "WHAT NAME: …".
template <class Ask>
auto with_retries(const Desired& desired, const std::string& what, const ImageName& name, Deadline deadline,
                  Ask&& ask) {
    for (int attempt = 1;; ++attempt) {
        auto given = ask();
        if (given) return given;
        if (!given.error().passing || attempt > desired.retries || deadline.passed())
            throw registry_failure(given.error(), what, name, attempt);
        std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(desired.delay, deadline.left()));
    }
}

}  // namespace lago::docker
