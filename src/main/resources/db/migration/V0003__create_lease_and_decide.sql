-- The ledger of all instances that share this database: who may make a call under a key's limits.
--
-- Whoever changes a key's leases or counters first takes the key's advisory lock, 2^62 + key id, in ascending order and in
-- a statement of its own, so that all later statements see what the previous holder committed. A lease's charge stays in
-- the key's counters until the row that reserved it is deleted: whoever deletes it may correct the counters, once.

-- One row per call under way. No index beyond the key, so that renewing is HOT.
create table lease (
    key_id        bigint      not null,
    lease_id      bigint      not null,
    owner_id      int         not null,
    granted_at    timestamptz not null,
    expires_at    timestamptz not null,
    -- The windows that were charged: minutes since 1970, from which day and week follow, and the key's token window.
    minute        bigint      not null,
    tokens_window bigint      not null,
    tokens        bigint      not null,
    nanodollars   bigint      not null,
    primary key (key_id, lease_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

-- Lapsed, no longer counted against concurrency; still charged, until a late settlement corrects it. Those of owner 0 were
-- taken back: charged with nothing until then, and never revived.
create table lease_expired (like lease, primary key (key_id, lease_id));

-- One number per start of an instance; a lease's id is owner << 40 | count.
create sequence owner_seq as int maxvalue 4194303 cycle;

-- For debugging: every decision in the order of the key's lock, so that it can be replayed.
create table limit_decision (
    id           bigint generated always as identity primary key,
    at_ms        bigint not null,
    key_id       bigint not null,
    lease_id     bigint not null,
    owner_id     int    not null,
    -- granted, refused, settled, lapsed, revived, adopted (granted alone, runs), ended (granted alone, over), taken back
    what         text   not null,
    -- Reserved, or, when settled, really used.
    tokens       bigint not null default 0,
    nanodollars  bigint not null default 0,
    -- When an adopted call began.
    begun_ms     bigint,
    -- Why it was refused: the number of the limit from 1, as in limits below, what was used of it, and when it resets.
    refused_by   int,
    used         bigint,
    reset_ms     bigint,
    -- concurrency, requests, tokens per minute, tokens, cost daily, weekly, total; windows of requests and tokens in ms.
    limits       bigint[]
);

-- Decides a batch: settlements first, then renewals, then requests in their order, one result each.
--
-- p_keys: every key of the batch, distinct and ascending; p_asked: how many requests there are for each. All other keys are
-- places in p_keys, from 1. A lease settled twice, or never granted, does no harm; a lease that has expired is not renewed.
-- o_status: 0 granted, else the number of the limit that is used up, from 1 in the order of the columns of api_key.
-- o_used, o_limit, o_reset (ms since 1970, 0 for never): null when nothing was refused. o_renewed: ids of leases.
-- A key that does not exist any more has no limits.
create function decide(
    p_owner int, p_lease_ms int, p_log boolean,
    p_keys bigint[], p_asked int[],
    p_set_key int[], p_set_lease bigint[], p_set_tokens bigint[], p_set_nano bigint[],
    p_ren_key int[], p_ren_lease bigint[],
    p_acq_key int[], p_acq_lease bigint[], p_acq_tokens bigint[], p_acq_nano bigint[],
    out o_status int[], out o_used bigint[], out o_limit bigint[], out o_reset bigint[], out o_renewed bigint[])
language plpgsql volatile as $$
declare
    v_ts timestamptz; v_ms bigint; v_minute bigint; v_exp timestamptz;
    c_lim int[]; r_lim bigint[]; r_len bigint[]; m_lim bigint[]; t_lim bigint[]; t_len bigint[];
    d_lim bigint[]; w_lim bigint[]; a_lim bigint[]; charged boolean[];
    r_win bigint[]; r_used bigint[]; m_win bigint[]; m_used bigint[]; t_win bigint[]; t_used bigint[];
    d_win bigint[]; d_used bigint[]; w_win bigint[]; w_used bigint[]; a_used bigint[];
    active int[]; stale bigint; dirty boolean[]; any_dirty boolean := false; granted int := 0;
    s_key int[]; s_lease bigint[]; s_tokens bigint[]; s_nano bigint[]; s_minute bigint[]; s_window bigint[];
    i int; k int; w bigint; tok bigint; nano bigint; st int; u bigint; l bigint; z bigint;
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + x) from unnest(p_keys) x;

    select array_agg(concurrency), array_agg(requests), array_agg(requests_window_ms), array_agg(tokens_per_minute),
           array_agg(tokens), array_agg(tokens_window_ms), array_agg(cost_daily), array_agg(cost_weekly),
           array_agg(cost_total),
           array_agg(tokens_per_minute > 0 or tokens > 0 or cost_daily > 0 or cost_weekly > 0 or cost_total > 0),
           array_agg(requests_window), array_agg(requests_used), array_agg(minute_window), array_agg(minute_used),
           array_agg(tokens_window), array_agg(tokens_used), array_agg(day_window), array_agg(day_used),
           array_agg(week_window), array_agg(week_used), array_agg(total_used)
      into c_lim, r_lim, r_len, m_lim, t_lim, t_len, d_lim, w_lim, a_lim, charged,
           r_win, r_used, m_win, m_used, t_win, t_used, d_win, d_used, w_win, w_used, a_used
      from (select a.*, s.* from unnest(p_keys) with ordinality q(id, place)
              left join api_key a on a.id = q.id
              left join limit_state s on s.key_id = q.id
             order by q.place) x;

    -- After the locks, never now().
    v_ts := clock_timestamp();
    v_ms := (extract(epoch from v_ts) * 1000)::bigint;
    v_minute := v_ms / 60000;
    v_exp := v_ts + p_lease_ms * interval '1 millisecond';

    -- Windows only move forward, even if the clock steps back.
    for k in 1 .. cardinality(p_keys) loop
        w := v_ms / r_len[k];
        if r_win[k] < w then r_win[k] := w; r_used[k] := 0; end if;
        w := v_ms / t_len[k];
        if t_win[k] < w then t_win[k] := w; t_used[k] := 0; end if;
        if m_win[k] < v_minute then
            m_win[k] := v_minute; m_used[k] := 0;
            w := v_minute / 1440;
            if d_win[k] < w then d_win[k] := w; d_used[k] := 0; end if;
            w := (w - 4) / 7;
            if w_win[k] < w then w_win[k] := w; w_used[k] := 0; end if;
        end if;
    end loop;
    dirty := array_fill(false, array[cardinality(p_keys)]);

    if cardinality(p_set_lease) > 0 then
        with held as (
            delete from lease x using unnest(p_set_key, p_set_lease, p_set_tokens, p_set_nano) y(k, id, tokens, nano)
             where x.key_id = p_keys[y.k] and x.lease_id = y.id
            returning y.k, y.id, y.tokens - x.tokens as tokens, y.nano - x.nanodollars as nano, x.minute, x.tokens_window
        ), lapsed as (
            delete from lease_expired x using unnest(p_set_key, p_set_lease, p_set_tokens, p_set_nano) y(k, id, tokens, nano)
             where x.key_id = p_keys[y.k] and x.lease_id = y.id
            returning y.k, y.id, y.tokens - x.tokens as tokens, y.nano - x.nanodollars as nano, x.minute, x.tokens_window
        )
        select array_agg(x.k), array_agg(x.id), array_agg(x.tokens), array_agg(x.nano), array_agg(x.minute),
               array_agg(x.tokens_window)
          into s_key, s_lease, s_tokens, s_nano, s_minute, s_window
          from (select * from held union all select * from lapsed) x;
        for i in 1 .. coalesce(cardinality(s_key), 0) loop
            k := s_key[i]; tok := s_tokens[i]; nano := s_nano[i];
            if tok <> 0 or nano <> 0 then
                w := s_minute[i];
                if m_win[k] = w then m_used[k] := m_used[k] + tok; end if;
                if t_win[k] = s_window[i] then t_used[k] := t_used[k] + tok; end if;
                w := w / 1440;
                if d_win[k] = w then d_used[k] := d_used[k] + nano; end if;
                if w_win[k] = (w - 4) / 7 then w_used[k] := w_used[k] + nano; end if;
                a_used[k] := a_used[k] + nano;
                dirty[k] := true; any_dirty := true;
            end if;
        end loop;
        if p_log then
            insert into limit_decision (at_ms, key_id, lease_id, owner_id, what, tokens, nanodollars)
            select v_ms, p_keys[y.k], y.id, p_owner, 'settled', y.tokens, y.nano
              from unnest(p_set_key, p_set_lease, p_set_tokens, p_set_nano) y(k, id, tokens, nano)
             where y.id = any(s_lease);
        end if;
    end if;

    if cardinality(p_ren_lease) > 0 then
        with renewed as (
            update lease x set expires_at = v_exp from unnest(p_ren_key, p_ren_lease) y(k, id)
             where x.key_id = p_keys[y.k] and x.lease_id = y.id and x.expires_at > v_ts
            returning x.lease_id)
        select array_agg(lease_id) into o_renewed from renewed;
    end if;

    if cardinality(p_acq_lease) > 0 then
        o_status := array_fill(0, array[cardinality(p_acq_lease)]);
        select array_agg(x.live order by q.place), sum(x.dead) into active, stale
          from unnest(c_lim, p_asked) with ordinality q(lim, asked, place)
         cross join lateral (
            select (count(*) filter (where y.expires_at > v_ts))::int as live,
                   count(*) filter (where y.expires_at <= v_ts) as dead
              from lease y where y.key_id = p_keys[q.place] and q.lim > 0 and q.asked > 0) x;
        if stale > 0 then
            -- What has been counted as free goes, so that no later clock can revive it.
            perform expire_leases(p_keys, v_ts, p_log);
        end if;
        for i in 1 .. cardinality(p_acq_lease) loop
            k := p_acq_key[i]; tok := p_acq_tokens[i]; nano := p_acq_nano[i]; st := 0;
            if active[k] >= c_lim[k] and c_lim[k] > 0 then
                st := 1; u := active[k]; l := c_lim[k]; z := 0;
            elsif r_used[k] >= r_lim[k] and r_lim[k] > 0 then
                st := 2; u := r_used[k]; l := r_lim[k]; z := (r_win[k] + 1) * r_len[k];
            elsif charged[k] then
                -- A reservation of nothing needs room for something.
                w := greatest(tok, 1);
                if m_used[k] + w > m_lim[k] and m_lim[k] > 0 then
                    st := 3; u := m_used[k]; l := m_lim[k]; z := (m_win[k] + 1) * 60000;
                elsif t_used[k] + w > t_lim[k] and t_lim[k] > 0 then
                    st := 4; u := t_used[k]; l := t_lim[k]; z := (t_win[k] + 1) * t_len[k];
                else
                    w := greatest(nano, 1);
                    if d_used[k] + w > d_lim[k] and d_lim[k] > 0 then
                        st := 5; u := d_used[k]; l := d_lim[k]; z := (d_win[k] + 1) * 86400000;
                    elsif w_used[k] + w > w_lim[k] and w_lim[k] > 0 then
                        st := 6; u := w_used[k]; l := w_lim[k]; z := ((w_win[k] + 1) * 7 + 4) * 86400000;
                    elsif a_used[k] + w > a_lim[k] and a_lim[k] > 0 then
                        st := 7; u := a_used[k]; l := a_lim[k]; z := 0;
                    end if;
                end if;
            end if;
            if st = 0 then
                granted := granted + 1;
                active[k] := active[k] + 1;
                if r_lim[k] > 0 then r_used[k] := r_used[k] + 1; dirty[k] := true; any_dirty := true; end if;
                if tok > 0 or nano > 0 then
                    m_used[k] := m_used[k] + tok; t_used[k] := t_used[k] + tok;
                    d_used[k] := d_used[k] + nano; w_used[k] := w_used[k] + nano; a_used[k] := a_used[k] + nano;
                    dirty[k] := true; any_dirty := true;
                end if;
            else
                if o_used is null then
                    o_used := array_fill(0::bigint, array[cardinality(p_acq_lease)]); o_limit := o_used; o_reset := o_used;
                end if;
                o_status[i] := st; o_used[i] := u; o_limit[i] := l; o_reset[i] := z;
            end if;
        end loop;
        if granted > 0 then
            insert into lease
            select p_keys[y.k], y.id, p_owner, v_ts, v_exp, coalesce(m_win[y.k], v_minute), coalesce(t_win[y.k], 0), y.tokens,
                   y.nano
              from unnest(p_acq_key, p_acq_lease, p_acq_tokens, p_acq_nano, o_status) y(k, id, tokens, nano, status)
             where y.status = 0;
        end if;
        if p_log then
            insert into limit_decision (at_ms, key_id, lease_id, owner_id, what, tokens, nanodollars, refused_by, used,
                                        reset_ms, limits)
            select v_ms, p_keys[y.k], y.id, p_owner, case when y.status = 0 then 'granted' else 'refused' end, y.tokens,
                   y.nano, nullif(y.status, 0), o_used[y.place], o_reset[y.place],
                   array[c_lim[y.k], r_lim[y.k], m_lim[y.k], t_lim[y.k], d_lim[y.k], w_lim[y.k], a_lim[y.k], r_len[y.k],
                         t_len[y.k]]
              from unnest(p_acq_key, p_acq_lease, p_acq_tokens, p_acq_nano, o_status)
                   with ordinality y(k, id, tokens, nano, status, place)
             order by y.place;
        end if;
    end if;

    if any_dirty then
        update limit_state s
           set requests_window = r_win[y.k], requests_used = r_used[y.k], minute_window = m_win[y.k],
               minute_used = m_used[y.k], tokens_window = t_win[y.k], tokens_used = t_used[y.k], day_window = d_win[y.k],
               day_used = d_used[y.k], week_window = w_win[y.k], week_used = w_used[y.k], total_used = a_used[y.k]
          from unnest(p_keys, dirty) with ordinality y(id, dirty, k)
         where y.dirty and s.key_id = y.id;
    end if;
end $$;

-- Puts lapsed leases of p_keys aside. The caller holds the keys' locks.
create function expire_leases(p_keys bigint[], p_now timestamptz, p_log boolean) returns int language plpgsql as $$
declare
    moved bigint[];
begin
    with gone as (delete from lease where key_id = any(p_keys) and expires_at <= p_now returning *),
         kept as (insert into lease_expired select * from gone on conflict do nothing)
    select array_agg(lease_id) into moved from gone;
    if p_log and moved is not null then
        insert into limit_decision (at_ms, key_id, lease_id, owner_id, what)
        select (extract(epoch from p_now) * 1000)::bigint, key_id, lease_id, owner_id, 'lapsed'
          from lease_expired where key_id = any(p_keys) and lease_id = any(moved);
    end if;
    return coalesce(cardinality(moved), 0);
end $$;

-- Tidies up after owners that died, at most p_most keys at a time; decide looks after itself. Returns the leases moved.
create function sweep(p_most int, p_log boolean) returns int language plpgsql as $$
declare
    ks bigint[];
begin
    select array_agg(key_id) into ks
      from (select distinct key_id from lease where expires_at <= clock_timestamp() order by key_id limit p_most) x;
    if ks is null then
        return 0;
    end if;
    perform pg_advisory_xact_lock((1::bigint << 62) + x) from unnest(ks) x;
    return expire_leases(ks, clock_timestamp(), p_log);
end $$;

-- Enters what an instance did while it could not ask: never refused, never charged twice, in windows still current.
--
-- p_keys: distinct and ascending; then one entry per lease: its key, how long ago it was granted, what it reserved, and
-- p_state: 0 held and known here before, 1 held and granted alone, 2 over and granted alone, its settlement follows.
-- Returns the leases of state 0 that are gone, which somebody has taken back.
create function adopt(
    p_owner int, p_lease_ms int, p_log boolean, p_keys bigint[],
    p_key bigint[], p_lease bigint[], p_age_ms bigint[], p_tokens bigint[], p_nano bigint[], p_state int[])
returns bigint[] language plpgsql as $$
declare
    v_ts timestamptz; v_ms bigint; v_exp timestamptz; known bigint[]; back bigint[]; lost bigint[];
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + x) from unnest(p_keys) x;
    v_ts := clock_timestamp();
    v_ms := (extract(epoch from v_ts) * 1000)::bigint;
    v_exp := v_ts + p_lease_ms * interval '1 millisecond';

    with gone as (
        delete from lease_expired x using unnest(p_key, p_lease, p_state) y(key_id, id, state)
         where x.key_id = y.key_id and x.lease_id = y.id and y.state < 2 and x.owner_id > 0 returning x.*),
    back_again as (
        insert into lease
        select key_id, lease_id, owner_id, granted_at, v_exp, minute, tokens_window, tokens, nanodollars from gone)
    select array_agg(lease_id) into back from gone;
    update lease x set expires_at = v_exp from unnest(p_key, p_lease, p_state) y(key_id, id, state)
     where x.key_id = y.key_id and x.lease_id = y.id and y.state < 2;
    select array_agg(x.lease_id) into known
      from unnest(p_key, p_lease) y(key_id, id)
      join (select key_id, lease_id from lease union all select key_id, lease_id from lease_expired) x
        on x.key_id = y.key_id and x.lease_id = y.id;
    select array_agg(y.id) into lost from unnest(p_key, p_lease, p_state) y(key_id, id, state)
     where y.state = 0
       and not exists (select from lease x where x.key_id = y.key_id and x.lease_id = y.id);

    with entered as (
        select y.*, v_ms - y.age as begun, coalesce(a.requests_window_ms, 60000) as r_len,
               coalesce(a.tokens_window_ms, 60000) as t_len
          from unnest(p_key, p_lease, p_age_ms, p_tokens, p_nano, p_state) y(key_id, id, age, tokens, nano, state)
          left join api_key a on a.id = y.key_id
         where y.state > 0 and y.id <> all(coalesce(known, '{}'))),
    held as (
        insert into lease
        select key_id, id, p_owner, v_ts - age * interval '1 millisecond', v_exp, begun / 60000, begun / t_len, tokens, nano
          from entered where state = 1),
    ended as (
        insert into lease_expired
        select key_id, id, p_owner, v_ts - age * interval '1 millisecond', v_ts, begun / 60000, begun / t_len, tokens, nano
          from entered where state = 2),
    charge as (
        select key_id, v_ms / r_len as r_win, v_ms / t_len as t_win,
               v_ms / 60000 as m_win, v_ms / 86400000 as d_win, (v_ms / 86400000 - 4) / 7 as w_win,
               count(*) filter (where begun / r_len = v_ms / r_len) as requests,
               coalesce(sum(tokens) filter (where begun / 60000 = v_ms / 60000), 0) as minute_tokens,
               coalesce(sum(tokens) filter (where begun / t_len = v_ms / t_len), 0) as window_tokens,
               coalesce(sum(nano) filter (where begun / 86400000 = v_ms / 86400000), 0) as day_nano,
               coalesce(sum(nano) filter (where (begun / 86400000 - 4) / 7 = (v_ms / 86400000 - 4) / 7), 0) as week_nano,
               sum(nano) as nano
          from entered group by key_id, r_len, t_len)
    update limit_state s
       set requests_window = greatest(s.requests_window, c.r_win),
           requests_used = case when s.requests_window < c.r_win then 0 else s.requests_used end + c.requests,
           minute_window = greatest(s.minute_window, c.m_win),
           minute_used = case when s.minute_window < c.m_win then 0 else s.minute_used end + c.minute_tokens,
           tokens_window = greatest(s.tokens_window, c.t_win),
           tokens_used = case when s.tokens_window < c.t_win then 0 else s.tokens_used end + c.window_tokens,
           day_window = greatest(s.day_window, c.d_win),
           day_used = case when s.day_window < c.d_win then 0 else s.day_used end + c.day_nano,
           week_window = greatest(s.week_window, c.w_win),
           week_used = case when s.week_window < c.w_win then 0 else s.week_used end + c.week_nano,
           total_used = s.total_used + c.nano
      from charge c where s.key_id = c.key_id;

    if p_log then
        insert into limit_decision (at_ms, key_id, lease_id, owner_id, what, tokens, nanodollars, begun_ms)
        select v_ms, y.key_id, y.id, p_owner,
               case when y.id = any(back) then 'revived' when y.state = 1 then 'adopted' else 'ended' end,
               y.tokens, y.nano, v_ms - y.age
          from unnest(p_key, p_lease, p_age_ms, p_tokens, p_nano, p_state) y(key_id, id, age, tokens, nano, state)
         where y.id = any(back) or (y.state > 0 and y.id <> all(coalesce(known, '{}')));
    end if;
    return coalesce(lost, '{}');
end $$;

-- Takes leases of a key back, all or only p_lease, and what they had reserved. Tells their holders, who break calls off and
-- settle what these have used by then.
create function take_back(p_key bigint, p_lease bigint, p_log boolean) returns int language plpgsql as $$
declare
    taken bigint[];
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + p_key);
    with gone as (
        delete from lease where key_id = p_key and (p_lease is null or lease_id = p_lease) returning *),
    kept as (
        insert into lease_expired
        select key_id, lease_id, 0, granted_at, expires_at, minute, tokens_window, 0, 0 from gone),
    freed as (
        update limit_state s
           set minute_used = s.minute_used - g.minute_tokens, tokens_used = s.tokens_used - g.window_tokens,
               day_used = s.day_used - g.day_nano, week_used = s.week_used - g.week_nano, total_used = s.total_used - g.nano
          from (select coalesce(sum(x.tokens) filter (where x.minute = t.minute_window), 0) as minute_tokens,
                       coalesce(sum(x.tokens) filter (where x.tokens_window = t.tokens_window), 0) as window_tokens,
                       coalesce(sum(x.nanodollars) filter (where x.minute / 1440 = t.day_window), 0) as day_nano,
                       coalesce(sum(x.nanodollars) filter (where (x.minute / 1440 - 4) / 7 = t.week_window), 0) as week_nano,
                       coalesce(sum(x.nanodollars), 0) as nano
                  from gone x join limit_state t on t.key_id = x.key_id) g
         where s.key_id = p_key)
    select array_agg(lease_id) into taken from gone;
    if taken is null then
        return 0;
    end if;
    if p_log then
        insert into limit_decision (at_ms, key_id, lease_id, owner_id, what)
        select (extract(epoch from clock_timestamp()) * 1000)::bigint, p_key, x, (x >> 40)::int, 'taken back'
          from unnest(taken) x;
    end if;
    perform pg_notify('mehari_lease', p_key::text);
    return cardinality(taken);
end $$;

-- Windows of another length have other numbers: counting begins anew.
create function restart_window() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + new.id);
    update limit_state
       set requests_window = case when old.requests_window_ms = new.requests_window_ms then requests_window else 0 end,
           tokens_window = case when old.tokens_window_ms = new.tokens_window_ms then tokens_window else 0 end
     where key_id = new.id;
    return null;
end $$;

create trigger api_key_window_changed after update of requests_window_ms, tokens_window_ms on api_key
    for each row
    when (old.requests_window_ms <> new.requests_window_ms or old.tokens_window_ms <> new.tokens_window_ms)
    execute function restart_window();
