// SPDX-License-Identifier: GPL-3.0-or-later
// The table enriched_events, and its registration with pg_partman.
#include "lago_database/draft.hpp"

namespace lago::database {

namespace {

using postgres::Statement;

// As Lago's own migration (20260109132143) registers it. The structure that Lago loads has made the
// default partition already: an empty one is kept, from a filled one the rows move into the months they
// belong to.
void register_partitions(Draft& draft, const Identifier& schema, bool with_rows) {
    std::vector<Statement> statements;
    statements.push_back(become_owner(draft.desired));
    statements.push_back(Statement().sql("LOCK TABLE public.enriched_events IN ACCESS EXCLUSIVE MODE"));
    if (with_rows) {
        statements.push_back(Statement().sql(
            "ALTER TABLE public.enriched_events DETACH PARTITION public.enriched_events_default"));
        statements.push_back(Statement().sql(
            "ALTER TABLE public.enriched_events_default RENAME TO enriched_events_unregistered"));
    }
    const std::string start =
        with_rows ? "(SELECT to_char(LEAST(date_trunc('month', min(\"timestamp\")), TIMESTAMP '2024-12-01'),"
                    " 'YYYY-MM-DD') FROM public.enriched_events_unregistered)"
                  : "'2024-12-01'";
    statements.push_back(Statement().sql("SELECT ").name(schema).sql(
        ".create_parent(p_parent_table := 'public.enriched_events', p_control := 'timestamp',"
        " p_interval := '1 month', p_type := 'range', p_premake := 3, p_start_partition := " +
        start + (with_rows ? ")" : ", p_default_table := false)")));
    statements.push_back(Statement().sql("UPDATE ").name(schema).sql(
        ".part_config SET infinite_time_partitions = true, retention = '14 months',"
        " retention_keep_table = true WHERE parent_table = 'public.enriched_events'"));
    if (with_rows) {
        statements.push_back(Statement().sql(
            "INSERT INTO public.enriched_events SELECT * FROM public.enriched_events_unregistered"));
        statements.push_back(
            Statement().sql("DO $$ BEGIN IF (SELECT count(*) FROM public.enriched_events)"
                            " <> (SELECT count(*) FROM public.enriched_events_unregistered)"
                            " THEN RAISE EXCEPTION 'rows of enriched_events would be lost'; END IF; END $$"));
        statements.push_back(Statement().sql("DROP TABLE public.enriched_events_unregistered"));
    }
    statements.push_back(Statement().sql("RESET ROLE"));
    draft.add(StepKind::register_partitions, "enriched_events", std::move(statements));
}

}  // namespace

void plan_partitions(Draft& draft) {
    const Partitions state = draft.before.inside.partitions;
    const auto found = draft.plan.after.extensions.find(partman);
    if (found == draft.plan.after.extensions.end() || found->second.installed.empty()) return;
    if (state == Partitions::plain)
        draft.plan.warnings.emplace_back(
            "table enriched_events is not partitioned: it was made before pg_partman was there, and no "
            "migration "
            "of Lago converts it. See \"Retroactive setup\" in Lago's docs/database_partitioning.md");
    if (state == Partitions::unknown)
        draft.plan.warnings.emplace_back(
            "whether enriched_events is registered with pg_partman cannot be read by " +
            draft.before.server.user);
    if (state != Partitions::unregistered && state != Partitions::unregistered_with_rows) return;
    register_partitions(draft, Identifier(found->second.schema, "schema"),
                        state == Partitions::unregistered_with_rows);
    draft.plan.after.inside.partitions = Partitions::registered;
}

}  // namespace lago::database
