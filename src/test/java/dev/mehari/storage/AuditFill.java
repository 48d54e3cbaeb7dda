package dev.mehari.storage;

import dev.mehari.testing.TestDatabase;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Fills {@code audit_event} by SQL with many calls, evenly from one day to another, as a gateway sees them: 1,000 keys by Zipf's
 * law, 20 models, of which each key likes one, each at one of 5 upstreams with 10 credentials each, 5 % failures, 2 % refused, 1 % left by
 * their clients, 30 % with a trace; three instances' chains, signed now and then. What is in it besides:
 *
 * <ul>
 *   <li>key 5001 was used in the first fifth of the time only, by one call of 50,
 *   <li>key 5002 in one hour of each day only, by each second call (2 % of all),
 *   <li>key 5003, model {@code rare-model} at upstream {@code rare-upstream} with credential 999 by one call of 50,000,
 *   <li>status 204 by one call of 20,000.
 * </ul>
 */
final class AuditFill {
    static final long LONG_AGO_KEY = 5001;

    static final long ONE_HOUR_KEY = 5002;
    static final long RARE_KEY = 5003;
    static final long RARE_CREDENTIAL = 999;
    static final String RARE_MODEL = "rare-model";
    static final String RARE_UPSTREAM = "rare-upstream";

    private static final String CHAINS = """
            insert into audit_chain (id, instance, first_link, public_key) overriding system value
            select id, gen_random_uuid(), sha256('first'), '\\x00' from generate_series(1, 3) as id
            """;

    private static final String CHECKPOINTS = """
            insert into audit_checkpoint (chain, sequence, head, signature, at)
            select 1 + n % 3, n / 3 * 500 + 500, sha256(n::text::bytea), '\\x00', now() from generate_series(0, $count / 500) as n
            """;

    private static final String EVENTS = """
            insert into audit_event
            select at, 1 + i % 3, 1 + i / 3, (random() * 1e18)::bigint, gen_random_uuid()::text,
                case when random() < 0.3 then encode(sha256(i::text::bytea), 'hex')::char(32) end,
                case when rare then 5003
                    when i % 50 = 0 and i < $count / 5 then 5001
                    when extract(hour from at at time zone 'UTC') = 14 and i % 2 = 0 then 5002
                    else key end,
                '192.0.2.' || key % 250, 'POST', '/v1/chat/completions', 'openai',
                case when rare then 'rare-model' else 'provider/model-' || model || '-2026-01-31' end, i % 3 > 0, key * 1000 + i % 7,
                case when refused then null when rare then 'rare-upstream' else 'upstream-' || model % 5 end,
                case when refused then 0 when rare then 999 else model % 5 * 10 + 1 + floor(random() * 10)::int end,
                case when failed then 2 else 0 end,
                case when refused then 'refused' when failed then 'failure' when dice < 0.08 then 'cancelled' else 'success' end,
                case when refused then 429 when failed then (array[500, 502, 503, 504, 400])[1 + floor(random() * 5)::int]
                    when i % 20000 = 7 then 204 else 200 end,
                case when refused then 'limit_exceeded' when failed then 'upstream_timeout' end,
                case when refused then -1 else floor(random() * 20)::int end, case when refused then -1 else took / 4 end, took,
                (500 * exp(random() * 4))::int, (500 * exp(random() * 4))::int,
                (100 * exp(random() * 4))::int, 0, 0, (50 * exp(random() * 4))::int, 0, random() < 0.02,
                (1000000 * exp(random() * 4))::int
            from (
                select i, $start + $span * (i::float8 / $count) as at, floor(1000 ^ random())::int as key,
                    floor(20 ^ random())::int as any_model, random() as own, random() as dice, floor(200 * exp(random() * 4))::int as took,
                    i % 50000 = 42 as rare
                from generate_series($from, $to) as i offset 0) as call
            cross join lateral (select not rare and dice < 0.02 as refused, not rare and dice >= 0.02 and dice < 0.07 as failed,
                case when own < 0.8 then 1 + key * 7 % 19 else any_model end as model) as ends
            """;

    private final TestDatabase database;
    private final LocalDate first;
    private final int days;
    private final int count;

    /** @param first day of {@code days} */
    AuditFill(TestDatabase database, LocalDate first, int days, int count) {
        this.database = database;
        this.first = first;
        this.days = days;
        this.count = count;
    }

    /** Puts the events in, oldest first, and prepares them for searches as the chores do, but without a vacuum. */
    void fill() {
        for (int day = 0; day < days; day++) {
            database.execute("select ensure_audit_day('" + first.plusDays(day) + "')");
        }
        database.execute(CHAINS);
        database.execute(CHECKPOINTS.replace("$count", Integer.toString(count)));
        int part = Math.max(1, count / 20);
        for (int from = 0; from < count; from += part) {
            database.execute("select setseed(0." + (1 + from / part) + "); "
                    + EVENTS.replace("$start", "timestamptz '" + first + "T00:00Z'")
                            .replace("$span", "interval '" + days + " days'")
                            .replace("$count", Integer.toString(count))
                            .replace("$from", Integer.toString(from))
                            .replace("$to", Integer.toString(Math.min(count, from + part) - 1)));
        }
        database.execute(
                "insert into audit_due select distinct date_trunc('hour', at, 'UTC') from audit_event, audit_rolled"
                        + " where at < until");
        database.execute("analyze audit_event; select audit_cover('epoch')");
    }

    /** The time that so much of all lies before. */
    Instant at(double share) {
        return first.atStartOfDay(ZoneOffset.UTC).toInstant().plusSeconds(Math.round(share * days * 86_400));
    }

    /** A value of a column that one event has. */
    String one(String column) {
        return database.text("select " + column + " from audit_event where " + column + " is not null and at >= '"
                + at(0.3) + "' order by at limit 1");
    }
}
