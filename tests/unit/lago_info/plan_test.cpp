// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "lago_info/lago_info.hpp"

namespace lago::info {

namespace {

using signup::Openness;

Unit unit(const std::string& kind) {
    return {.name = "mash-lago-" + kind + ".service",
            .kind = kind,
            .container = "mash-lago-" + kind,
            .port = 0,
            .publish = {}};
}

Desired asked(std::vector<Unit> units = {unit("api"), unit("front")}) {
    return {.units = std::move(units),
            .systemd_path = system::Path("/etc/systemd/system", "systemd_path"),
            .env_file = system::Path("/mash/lago/api/env", "env_file"),
            .base_path = std::nullopt,
            .engine = docker::Engine(),
            .parts = {Part::units, Part::health, Part::signup, Part::redis, Part::schema, Part::database},
            .target_version = std::nullopt,
            .expected_secrets = {},
            .known_email = {}};
}

FoundUnit running(const std::string& image, std::vector<std::string> switches = {}) {
    FoundUnit found{
        .file_exists = true, .file_image = image, .state = systemd::Unit{}, .container = std::nullopt};
    found.state->active = systemd::ActiveState::active;
    found.state->sub_state = "running";
    found.container = Container{.running = true,
                                .image = image,
                                .config_label = {},
                                .published = {},
                                .switches = std::move(switches)};
    return found;
}

const std::string api_image = "docker.io/getlago/api:v1.31.0";

Database at_schema(std::string migration) {
    Database found;
    found.reached = true;
    found.newest_migration = std::move(migration);
    return found;
}

// A deployment of v1.31.0 with which all is well.
Observed well() {
    Observed before;
    before.units = {running(api_image, {"LAGO_DISABLE_SIGNUP"}), running("docker.io/getlago/front:v1.31.0")};
    before.health = Health{.healthy = true, .status = 200, .version = "v1.31.0", .trouble = {}};
    before.front_answer = signup::Verdict{.openness = Openness::closed, .reason = "hidden"};
    before.database = at_schema("20250611083925");
    before.env.exists = true;
    before.env.content =
        Secret(std::string_view("SECRET_KEY_BASE=base-old\nENCRYPTION_PRIMARY_KEY=primary-old\n"
                                "LAGO_ENCRYPTION_DETERMINISTIC_KEY=deterministic-old\nEMPTY=\n"));
    before.env.switches = {"LAGO_DISABLE_SIGNUP"};
    return before;
}

std::vector<std::string> what(const Plan& plan) {
    std::vector<std::string> found;
    for (const Problem& problem : plan.problems) found.push_back(problem.what);
    return found;
}

std::vector<std::string> what(const Observed& before) {
    return what(make_plan(asked(), before));
}

std::string failure(const Desired& desired, const Observed& before) {
    try {
        make_plan(desired, before);
    } catch (const Failure& failure) {
        return failure.kind + ": " + failure.what + ": " + failure.why + ". " + failure.hint;
    }
    return "none";
}

Observed behind_schema(const std::string& image, const std::string& migration) {
    Observed before = well();
    before.units[0] = running(image, {"LAGO_DISABLE_SIGNUP"});
    before.database = at_schema(migration);
    return before;
}

}  // namespace

TEST_CASE("a fresh machine is an answer without problems", "[info][plan]") {
    Desired desired = asked();
    desired.target_version = "v1.51.0";
    desired.refuse_upgrade = desired.refuse_secrets = true;
    desired.expected_secrets = {{"ENCRYPTION_PRIMARY_KEY", Secret(std::string_view("new"))}};
    Observed before;
    before.units.resize(2);
    before.systemd = Trouble{.why = "there is no systemd", .hint = {}, .kind = "systemd_not_running"};
    before.docker = Trouble{.why = "no Engine answers", .hint = {}, .kind = "engine_unavailable"};
    const Plan plan = make_plan(desired, before);
    CHECK_FALSE(plan.installed);
    CHECK((plan.problems.empty() && plan.warnings.empty() && plan.changed_secrets.empty()));
    CHECK(plan.upgrade->verdict == facts::Way::Verdict::fresh);
    CHECK_FALSE(plan.api);
}

TEST_CASE("a deployment with which all is well has no problems", "[info][plan]") {
    const Plan plan = make_plan(asked(), well());
    CHECK(plan.installed);
    CHECK(what(plan).empty());
    CHECK(plan.image == api_image);
    CHECK(plan.schema == std::vector{facts::Release{1, 31, 0}});
    CHECK(plan.api->openness == Openness::closed);
}

TEST_CASE("units that are missing, stopped, or run another image", "[info][plan]") {
    using Found = std::vector<std::string>;
    Observed before = well();
    before.units[1] = {};
    CHECK(what(before) == Found{"mash-lago-front.service is not installed"});
    before = well();
    before.units[1].state->active = systemd::ActiveState::failed;
    CHECK(what(before) == Found{"mash-lago-front.service is not running"});
    before = well();
    before.units[0].file_image = "docker.io/getlago/api:v1.32.0";
    CHECK(what(before) == Found{"mash-lago-api.service runs another image than its file names"});
    before = well();
    before.docker = Trouble{.why = "no Engine answers", .hint = {}, .kind = "engine_unavailable"};
    CHECK(what(before) == Found{"the containers are not known"});
    before = well();
    before.health = Health{
        .healthy = false, .status = 500, .version = {}, .trouble = Trouble{"it answers 500", "h", "k"}};
    CHECK(what(before) == Found{"the API is not healthy"});
}

TEST_CASE("what an environment says about sign-up, by release", "[info][signup]") {
    const std::vector<std::string> none;
    const std::vector<std::string> old_name{"LAGO_SIGNUP_DISABLED"};
    const std::vector<std::string> new_name{"LAGO_DISABLE_SIGNUP"};
    const std::vector<std::string> both{"LAGO_SIGNUP_DISABLED", "LAGO_DISABLE_SIGNUP"};
    const auto openness = [](std::optional<facts::Release> release, const std::vector<std::string>& set) {
        return judge_environment(release, set).openness;
    };
    struct Row {
        std::optional<facts::Release> release;
        Openness nothing, by_old, by_new, by_both;
    };
    const std::vector<Row> rows{
        {facts::Release{0, 41, 0}, Openness::open, Openness::open, Openness::open, Openness::open},
        {facts::Release{0, 42, 0}, Openness::open, Openness::closed, Openness::open, Openness::closed},
        {facts::Release{1, 6, 0}, Openness::open, Openness::closed, Openness::open, Openness::closed},
        {facts::Release{1, 6, 1}, Openness::open, Openness::open, Openness::closed, Openness::closed},
        {facts::Release{1, 51, 0}, Openness::open, Openness::open, Openness::closed, Openness::closed},
        {std::nullopt, Openness::open, Openness::unknown, Openness::unknown, Openness::closed}};
    for (const Row& row : rows) {
        CAPTURE(row.release ? row.release->name() : "unknown");
        CHECK(openness(row.release, none) == row.nothing);
        CHECK(openness(row.release, old_name) == row.by_old);
        CHECK(openness(row.release, new_name) == row.by_new);
        CHECK(openness(row.release, both) == row.by_both);
    }
}

TEST_CASE("a probe's answer counts more than an environment, unless it says nothing", "[info][signup]") {
    Observed before = well();
    before.api_answer = signup::Verdict{.openness = Openness::open, .reason = "it looked for the e-mail"};
    Plan plan = make_plan(asked(), before);
    CHECK(plan.api == Side{Openness::open, "it looked for the e-mail"});
    CHECK(what(plan) ==
          std::vector<std::string>{"anybody can sign up through the API, although the front hides it"});
    before.api_answer = signup::Verdict{.openness = Openness::unknown, .reason = "it answers 502"};
    plan = make_plan(asked(), before);
    CHECK(plan.api->openness == Openness::closed);
    CHECK(plan.api->evidence.ends_with("it answers 502"));
}

TEST_CASE("a switch that comes with the next start only", "[info][signup]") {
    Observed before = well();
    before.env.switches.clear();
    CHECK(what(before) ==
          std::vector<std::string>{
              "mash-lago-api.service runs with another switch for sign-up than its env file has"});
    before.env.switches = {"LAGO_SIGNUP_DISABLED"};  // not the one that this release reads
    CHECK(what(before).size() == 1);
    before = well();
    before.front_env.content = Secret(std::string_view("LAGO_DISABLE_SIGNUP=true"));
    before.front_env.switches = {"LAGO_DISABLE_SIGNUP"};
    CHECK(what(before) ==
          std::vector<std::string>{
              "mash-lago-front.service runs with another switch for sign-up than its env file has"});
    before.units[1].container->switches = {"LAGO_DISABLE_SIGNUP"};
    CHECK(what(before).empty());
    before.units[1].container->running = false;
    before.units[1].container->switches.clear();
    CHECK(what(before).empty());
}

TEST_CASE("what does not run is unknown, never closed", "[info][signup]") {
    Observed before = well();
    before.units[0].container->running = false;
    before.front_answer.reset();
    const Plan plan = make_plan(asked(), before);
    CHECK(plan.api->openness == Openness::unknown);
    CHECK(plan.front->openness == Openness::unknown);
    before.units[0].container.reset();
    CHECK(make_plan(asked(), before).api->openness == Openness::unknown);
}

TEST_CASE("the database: not reached, empty, behind, without roles, without partitions", "[info][plan]") {
    using Found = std::vector<std::string>;
    Observed before = well();
    before.database =
        Database{.trouble = Trouble{.why = "refused", .hint = {}, .kind = "connection_refused"}};
    CHECK(what(before) == Found{"the database cannot be used"});
    before.database = Database{.reached = true};
    CHECK(what(before) == Found{"Lago has migrated nothing in its database yet"});
    CHECK(what(behind_schema("getlago/api:v1.32.0", "20250611083925")) ==
          Found{"the database is behind v1.32.0"});
    before = behind_schema("getlago/api:v1.40.0", "20260119162712");
    before.database->roles = 0;
    before.database->partitions = database::Partitions::unregistered;
    CHECK(what(before) == Found{"Lago's predefined roles are missing"});
    before = behind_schema("getlago/api:v1.39.0", "20260106120832");
    before.database->roles = 0;
    CHECK(std::ranges::count(what(before), "Lago's predefined roles are missing") == 0);
    for (const auto partitions :
         {database::Partitions::unregistered, database::Partitions::unregistered_with_rows}) {
        before = behind_schema("getlago/api:v1.41.0", "20260129105200");
        before.database->roles = 3;
        before.database->partitions = partitions;
        CHECK(std::ranges::count(what(before), "enriched_events is not registered with pg_partman") == 1);
    }
}

TEST_CASE("an upgrade that may not be done is a problem, or a failure where that is asked for",
          "[info][upgrade]") {
    Desired desired = asked();
    desired.target_version = "v1.42.0";
    CHECK(what(make_plan(desired, well())) ==
          std::vector<std::string>{"Lago cannot be brought to v1.42.0 in one step"});
    desired.refuse_upgrade = true;
    const std::string said = failure(desired, well());
    CHECK(said.starts_with("upgrade_refused: "));
    CHECK(said.find("Deploy v1.32.0 next") != std::string::npos);
    CHECK(said.find("All stops: v1.32.0, v1.42.0") != std::string::npos);
    desired.target_version = "v1.29.0";
    CHECK(failure(desired, well()).find("v1.29.0 is older than v1.31.0") != std::string::npos);
    desired.target_version = "v1.32.0";
    CHECK(failure(desired, well()) == "none");
    desired.target_version = "latest";
    CHECK(make_plan(desired, well()).warnings ==
          std::vector<std::string>{"the way to latest cannot be checked: it is not a release of Lago"});
}

TEST_CASE("where an upgrade begins: database, then what runs, then what is written down", "[info][upgrade]") {
    Desired desired = asked();
    desired.target_version = "v1.42.0";
    const auto from = [&](const Observed& before) { return make_plan(desired, before).upgrade->from; };
    Observed before = well();
    before.units[0].file_image = "getlago/api:v1.42.0";
    CHECK(from(before) == facts::Release{1, 31, 0});
    before.database.reset();
    CHECK(from(before) == facts::Release{1, 31, 0});
    before.units[0].container.reset();
    CHECK(from(before) == facts::Release{1, 42, 0});
    before.units[0].file_image.clear();
    CHECK(from(before) == std::nullopt);
}

TEST_CASE("secrets are compared with those that Lago takes", "[info][secrets]") {
    const auto changed = [](std::vector<std::pair<std::string, std::string>> expected) {
        Desired desired = asked();
        desired.accept_encryption_change = true;
        for (auto& [name, value] : expected)
            desired.expected_secrets.emplace_back(std::move(name), Secret(std::move(value)));
        return make_plan(desired, well()).changed_secrets;
    };
    using Names = std::vector<std::string>;
    CHECK(changed({{"SECRET_KEY_BASE", "base-old"}, {"ENCRYPTION_PRIMARY_KEY", "primary-old"}}).empty());
    CHECK(changed({{"LAGO_ENCRYPTION_PRIMARY_KEY", "primary-old"}}).empty());
    CHECK(changed({{"ENCRYPTION_DETERMINISTIC_KEY", "deterministic-old"}}).empty());
    CHECK(changed({{"ENCRYPTION_KEY_DERIVATION_SALT", "new"}, {"EMPTY", "new"}, {"ELSE", "new"}}).empty());
    CHECK(changed({{"ENCRYPTION_PRIMARY_KEY", ""}}).empty());
    CHECK(changed({{"SECRET_KEY_BASE", "new"}}) == Names{"SECRET_KEY_BASE"});
    CHECK(changed({{"ENCRYPTION_PRIMARY_KEY", "new"}}) == Names{"ENCRYPTION_PRIMARY_KEY"});
    CHECK(changed({{"ENCRYPTION_DETERMINISTIC_KEY", "new"}, {"LAGO_ENCRYPTION_PRIMARY_KEY", "new"}}) ==
          Names{"ENCRYPTION_DETERMINISTIC_KEY", "LAGO_ENCRYPTION_PRIMARY_KEY"});
}

TEST_CASE("another encryption secret is a problem, refused, or accepted", "[info][secrets]") {
    Desired desired = asked();
    desired.expected_secrets = {{"ENCRYPTION_PRIMARY_KEY", Secret(std::string_view("primary-new"))},
                                {"SECRET_KEY_BASE", Secret(std::string_view("base-new"))}};
    CHECK(what(make_plan(desired, well())) ==
          std::vector<std::string>{"ENCRYPTION_PRIMARY_KEY would change"});
    desired.refuse_secrets = true;
    const std::string said = failure(desired, well());
    CHECK(said.starts_with("encryption_change: ENCRYPTION_PRIMARY_KEY would change: "));
    CHECK(said.find("unreadable") != std::string::npos);
    CHECK(said.find("-old") == std::string::npos);
    CHECK(said.find("-new") == std::string::npos);
    desired.accept_encryption_change = true;
    const Plan plan = make_plan(desired, well());
    CHECK(plan.problems.empty());
    CHECK(plan.changed_secrets == std::vector<std::string>{"ENCRYPTION_PRIMARY_KEY", "SECRET_KEY_BASE"});
    REQUIRE(plan.warnings.size() == 1);
    CHECK(plan.warnings.front().starts_with("SECRET_KEY_BASE is another one than in "));
}

TEST_CASE("a port that somebody else has is a problem, or refused before anything is changed",
          "[info][ports]") {
    Desired desired = asked();
    Observed before = well();
    before.taken = {
        {.unit = 1, .listener = {.address = "::", .port = 80, .inode = 1}, .owner = "nginx (process 812)"}};
    const Plan plan = make_plan(desired, before);
    CHECK(what(plan) ==
          std::vector<std::string>{"port 80, where mash-lago-front.service is to be reached, is taken"});
    CHECK(plan.problems.front().why == "nginx (process 812) listens on [::]:80");
    desired.refuse_ports = true;
    CHECK(failure(desired, before).starts_with("port_taken: port 80, where mash-lago-front.service"));
    before.taken.front().owner.clear();
    CHECK(failure(desired, before).find("somebody listens on [::]:80") != std::string::npos);
    before.units.assign(2, FoundUnit{});  // nothing is deployed yet
    CHECK(failure(desired, before).starts_with("port_taken: "));
    before.taken.clear();
    CHECK(failure(desired, before) == "none");
}

TEST_CASE("an env file that cannot be read refuses, where secrets are to be refused", "[info][secrets]") {
    Observed before = well();
    before.env.content.reset();
    before.env_trouble = Trouble{.why = "Permission denied", .hint = "become", .kind = "permission_denied"};
    Desired desired = asked();
    CHECK(what(make_plan(desired, before)).front() == "/mash/lago/api/env cannot be read");
    desired.refuse_secrets = true;
    CHECK(failure(desired, before).starts_with("permission_denied: "));
}

TEST_CASE("problems are warnings as well where that is asked for", "[info][plan]") {
    Observed before = well();
    before.health =
        Health{.healthy = false, .status = 0, .version = {}, .trouble = Trouble{"refused", "Look", "k"}};
    Desired desired = asked();
    CHECK(make_plan(desired, before).warnings.empty());
    desired.warn = true;
    CHECK(make_plan(desired, before).warnings ==
          std::vector<std::string>{"the API is not healthy: refused. Look"});
}

}  // namespace lago::info
