// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "ansible/options.hpp"
#include "core/deadline.hpp"

namespace lago {

/// One call of a module: its options and how it was asked to run.
class Call {
public:
    struct Mode {
        bool check = false;
        bool diff = false;
        int verbosity = 0;
        std::string tmpdir;  ///< the controller's temporary folder for this module; may be empty
    };

    Call(Options options, Mode mode, Deadline deadline)
        : options_(std::move(options)), mode_(std::move(mode)), deadline_(deadline) {}

    const Options& options() const { return options_; }
    bool check_mode() const { return mode_.check; }
    bool diff_mode() const { return mode_.diff; }
    int verbosity() const { return mode_.verbosity; }
    const std::string& tmpdir() const { return mode_.tmpdir; }
    /// When this call must be over: the option `timeout` (seconds) where the module has one, else five
    /// minutes.
    Deadline deadline() const { return deadline_; }

private:
    Options options_;
    Mode mode_;
    Deadline deadline_;
};

}  // namespace lago
