// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>

namespace lago {

/// The one moment by which all of a call's waiting must be over.
class Deadline {
public:
    using Clock = std::chrono::steady_clock;

    static Deadline after(std::chrono::milliseconds span) { return Deadline(Clock::now() + span); }
    bool passed() const { return Clock::now() >= end_; }
    /// What is left, never negative.
    std::chrono::milliseconds left() const {
        return std::max(std::chrono::milliseconds(0),
                        std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now()));
    }
    /// The nearer of this one and `span` from now.
    Deadline within(std::chrono::milliseconds span) const {
        return Deadline(std::min(end_, Clock::now() + span));
    }

private:
    explicit Deadline(Clock::time_point end) : end_(end) {}
    Clock::time_point end_;
};

}  // namespace lago
