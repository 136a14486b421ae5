// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libpq-fe.h>

#include <memory>

namespace lago::postgres {

/// Calls libpq's own function for giving something back.
template <auto give_back>
struct Deleter {
    template <class T>
    void operator()(T* handle) const noexcept {
        give_back(handle);
    }
};

using ConnectionHandle = std::unique_ptr<PGconn, Deleter<PQfinish>>;
using ResultHandle = std::unique_ptr<PGresult, Deleter<PQclear>>;
using DefaultsHandle = std::unique_ptr<PQconninfoOption, Deleter<PQconninfoFree>>;
using TextHandle = std::unique_ptr<char, Deleter<PQfreemem>>;

}  // namespace lago::postgres
