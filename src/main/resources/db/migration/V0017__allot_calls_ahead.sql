-- Allotments: leases for several calls at once, granted ahead to an instance for a key that it is often asked for, which then
-- grants these calls by itself. Everything that an allotment allows counts as held, begun, and used from its grant on, so that
-- nothing is granted twice; what has not been called for is given back when it ends, a second later at most.

-- A lease is for so many calls at once, of which so many may begin: one, or, for an allotment, more. The window of requests
-- that was charged.
alter table lease
    add column calls           int    not null default 1,
    add column requests        int    not null default 1,
    add column requests_window bigint not null default 0;
alter table lease_expired
    add column calls           int    not null default 1,
    add column requests        int    not null default 1,
    add column requests_window bigint not null default 0;

-- No allotment of the key is open after allotted_until; none is granted before scarce_until.
alter table limit_state
    add column allotted_until timestamptz not null default '-infinity',
    add column scarce_until   timestamptz not null default '-infinity';
alter type limit_turn
    add attribute allotted_until timestamptz,
    add attribute scarce_until timestamptz;

-- What an allotment allows, or, when settled, how many calls of it have begun. Of a call that "runs on" after its allotment has
-- ended, the lease of that.
alter table limit_decision
    add column calls     int not null default 1,
    add column requests  int not null default 1,
    add column allotment bigint;

-- The decide of V0016 with allotments.
--
-- A settlement tells how many calls of the lease have begun, and what they have used or, p_run_lease, still reserve: these
-- run on with leases of their own in place of that of p_run_of. o_taken_back are those settled that had been taken back.
--
-- An allotment is asked for by p_acq_requests > 1. It is refused by status 8 while less than a good part of every limit is
-- left, and lasts for o_reset milliseconds at most, when one of its windows ends. A refusal is provisional, with minus its
-- status, while allotments of the key are open, whoever holds them: all are told to end them, then it is to be asked again.
drop function decide(int, int, boolean, bigint[], int[], int[], bigint[], bigint[], bigint[], int[], bigint[], int[], bigint[],
    bigint[], bigint[]);
create function decide(
    p_owner int, p_lease_ms int, p_log boolean,
    p_keys bigint[], p_asked int[],
    p_set_key int[], p_set_lease bigint[], p_set_requests int[], p_set_tokens bigint[], p_set_nano bigint[],
    p_run_of bigint[], p_run_lease bigint[], p_run_age_ms bigint[], p_run_tokens bigint[], p_run_nano bigint[],
    p_ren_key int[], p_ren_lease bigint[],
    p_acq_key int[], p_acq_lease bigint[], p_acq_calls int[], p_acq_requests int[], p_acq_tokens bigint[],
    p_acq_nano bigint[],
    out o_status int[], out o_used bigint[], out o_limit bigint[], out o_reset bigint[], out o_renewed bigint[],
    out o_taken_back bigint[])
language plpgsql volatile as $$
declare
    v_ts timestamptz; v_ms bigint; v_minute bigint; v_exp timestamptz; v_lapsed bigint;
    turn limit_turn; turns limit_turn[]; minutes bigint[]; windows bigint[]; request_windows bigint[];
    s_key int[]; s_lease bigint[]; s_calls int[]; s_requests int[]; s_tokens bigint[]; s_nano bigint[]; s_minute bigint[];
    s_window bigint[]; s_request_window bigint[]; s_owner int[]; r_key int[];
    s_count int; s int := 1; r_count int := 0; r int := 1; a_count int := cardinality(p_acq_lease); a int := 1;
    ask int; reqs int; tok bigint; nano bigint; granted int; begun int; tokens_granted bigint; nano_granted bigint;
    is_open boolean; st int; u bigint; l bigint; z bigint;
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + x) from unnest(p_keys) x;

    -- After the locks, never now().
    v_ts := clock_timestamp();
    v_ms := (extract(epoch from v_ts) * 1000)::bigint;
    v_minute := v_ms / 60000;
    v_exp := v_ts + p_lease_ms * interval '1 millisecond';

    if cardinality(p_set_lease) > 0 then
        with held as (
            delete from lease x
             using unnest(p_set_key, p_set_lease, p_set_requests, p_set_tokens, p_set_nano) y(k, id, requests, tokens, nano)
             where x.key_id = p_keys[y.k] and x.lease_id = y.id
            returning y.k, y.id, x.calls, y.requests - x.requests as requests, y.tokens - x.tokens as tokens,
                      y.nano - x.nanodollars as nano, x.minute, x.tokens_window, x.requests_window)
        select array_agg(x.k), array_agg(x.id), array_agg(x.calls), array_agg(x.requests), array_agg(x.tokens),
               array_agg(x.nano), array_agg(x.minute), array_agg(x.tokens_window), array_agg(x.requests_window),
               array_fill(p_owner, array[count(*)::int])
          into s_key, s_lease, s_calls, s_requests, s_tokens, s_nano, s_minute, s_window, s_request_window, s_owner
          from (select * from held order by k) x;
        if cardinality(s_key) is distinct from cardinality(p_set_key) then
            -- Lapsed leases are not counted as held; what they were charged for is corrected all the same.
            with lapsed as (
                delete from lease_expired x
                 using unnest(p_set_key, p_set_lease, p_set_requests, p_set_tokens, p_set_nano)
                       y(k, id, requests, tokens, nano)
                 where x.key_id = p_keys[y.k] and x.lease_id = y.id
                returning y.k, y.id, 0, y.requests - x.requests, y.tokens - x.tokens, y.nano - x.nanodollars, x.minute,
                          x.tokens_window, x.requests_window, x.owner_id),
            ended as (
                select *
                  from unnest(s_key, s_lease, s_calls, s_requests, s_tokens, s_nano, s_minute, s_window, s_request_window,
                              s_owner)
                 union all select * from lapsed)
            select array_agg(x.k), array_agg(x.id), array_agg(x.calls), array_agg(x.requests), array_agg(x.tokens),
                   array_agg(x.nano), array_agg(x.minute), array_agg(x.tokens_window), array_agg(x.requests_window),
                   array_agg(x.owner), array_agg(x.id) filter (where x.owner = 0)
              into s_key, s_lease, s_calls, s_requests, s_tokens, s_nano, s_minute, s_window, s_request_window, s_owner,
                   o_taken_back
              from (select * from ended x(k, id, calls, requests, tokens, nano, minute, tokens_window, requests_window, owner)
                     order by k) x;
        end if;
        if p_log then
            insert into limit_decision (at_ms, key_id, lease_id, owner_id, what, requests, tokens, nanodollars)
            select v_ms, p_keys[y.k], y.id, p_owner, 'settled', y.requests, y.tokens, y.nano
              from unnest(p_set_key, p_set_lease, p_set_requests, p_set_tokens, p_set_nano) y(k, id, requests, tokens, nano)
             where y.id = any(s_lease);
        end if;
    end if;
    s_count := coalesce(cardinality(s_key), 0);

    if cardinality(p_run_lease) > 0 then
        -- They began with the allotment's charge, which they take over: lapsed if it has lapsed, taken back if it was.
        with running as (
            select x.k, p_keys[x.k] as key_id, y.id, x.owner, v_ts - y.age * interval '1 millisecond' as granted_at, x.minute,
                   x.tokens_window, y.tokens, y.nano, x.requests_window, x.calls > 0 as is_held, x.id as of
              from unnest(p_run_of, p_run_lease, p_run_age_ms, p_run_tokens, p_run_nano) y(of, id, age, tokens, nano)
              join unnest(s_key, s_lease, s_calls, s_minute, s_window, s_request_window, s_owner)
                   x(k, id, calls, minute, tokens_window, requests_window, owner) on x.id = y.of),
        held as (
            insert into lease
            select x.key_id, x.id, x.owner, x.granted_at, v_exp, x.minute, x.tokens_window, x.tokens, x.nano, 1, 1,
                   x.requests_window
              from running x where x.is_held),
        lapsed as (
            insert into lease_expired
            select x.key_id, x.id, x.owner, x.granted_at, v_ts, x.minute, x.tokens_window, x.tokens, x.nano, 1, 1,
                   x.requests_window
              from running x where not x.is_held),
        logged as (
            insert into limit_decision (at_ms, key_id, lease_id, owner_id, what, tokens, nanodollars, allotment)
            select v_ms, x.key_id, x.id, p_owner, case when x.is_held then 'runs on' else 'runs on lapsed' end, x.tokens, x.nano,
                   x.of
              from running x where p_log)
        select array_agg(x.k order by x.k) into r_key from running x where x.is_held;
        r_count := coalesce(cardinality(r_key), 0);
    end if;

    if cardinality(p_ren_lease) > 0 then
        with renewed as (
            update lease x set expires_at = v_exp from unnest(p_ren_key, p_ren_lease) y(k, id)
             where x.key_id = p_keys[y.k] and x.lease_id = y.id and x.expires_at > v_ts
            returning x.lease_id)
        select array_agg(lease_id) into o_renewed from renewed;
    end if;

    if a_count > 0 then
        o_status := array_fill(0, array[a_count]);
    end if;
    -- Windows only move forward, even if the clock steps back. A key that does not exist any more has no limits.
    for turn in
        select q.place, q.id, q.asked,
               coalesce(k.concurrency, 0), coalesce(k.requests, 0), k.requests_window_ms, coalesce(k.tokens_per_minute, 0),
               coalesce(k.tokens, 0), k.tokens_window_ms, coalesce(k.cost_daily, 0), coalesce(k.cost_weekly, 0),
               coalesce(k.cost_total, 0),
               greatest(x.requests_window, v_ms / k.requests_window_ms),
               case when x.requests_window < v_ms / k.requests_window_ms then 0 else x.requests_used end,
               greatest(x.minute_window, v_minute),
               case when x.minute_window < v_minute then 0 else x.minute_used end,
               greatest(x.tokens_window, v_ms / k.tokens_window_ms),
               case when x.tokens_window < v_ms / k.tokens_window_ms then 0 else x.tokens_used end,
               greatest(x.day_window, v_minute / 1440),
               case when x.day_window < v_minute / 1440 then 0 else x.day_used end,
               greatest(x.week_window, (v_minute / 1440 - 4) / 7),
               case when x.week_window < (v_minute / 1440 - 4) / 7 then 0 else x.week_used end,
               x.total_used, x.leases, x.leases_until, coalesce(v_ts < x.leases_until, false), false,
               x.allotted_until, x.scarce_until
          from unnest(p_keys, p_asked) with ordinality q(id, asked, place)
          left join api_key k on k.id = q.id
          left join limit_state x on x.key_id = q.id
         order by q.place
    loop
        while s <= s_count and s_key[s] = turn.place loop
            tok := s_tokens[s]; nano := s_nano[s];
            if s_calls[s] > 0 then
                turn.leases := turn.leases - s_calls[s]; turn.is_changed := true;
            end if;
            if s_requests[s] <> 0 and turn.requests_limit > 0 and turn.requests_window = s_request_window[s] then
                turn.requests_used := turn.requests_used + s_requests[s]; turn.is_changed := true;
            end if;
            if tok <> 0 then
                if turn.minute_window = s_minute[s] then turn.minute_used := turn.minute_used + tok; end if;
                if turn.tokens_window = s_window[s] then turn.tokens_used := turn.tokens_used + tok; end if;
                turn.is_changed := true;
            end if;
            if nano <> 0 then
                if turn.day_window = s_minute[s] / 1440 then turn.day_used := turn.day_used + nano; end if;
                if turn.week_window = (s_minute[s] / 1440 - 4) / 7 then turn.week_used := turn.week_used + nano; end if;
                turn.total_used := turn.total_used + nano;
                turn.is_changed := true;
            end if;
            s := s + 1;
        end loop;
        while r <= r_count and r_key[r] = turn.place loop
            turn.leases := turn.leases + 1; turn.leases_until := least(turn.leases_until, v_exp); turn.is_changed := true;
            r := r + 1;
        end loop;

        if turn.asked > 0 then
            if turn.concurrency > 0 and not turn.is_right then
                select coalesce(sum(calls) filter (where expires_at > v_ts), 0), count(*) filter (where expires_at <= v_ts),
                       coalesce(min(expires_at) filter (where expires_at > v_ts), 'infinity')
                  into turn.leases, v_lapsed, turn.leases_until
                  from lease where key_id = turn.key_id;
                turn.is_right := true;
                if v_lapsed > 0 then
                    -- What has been counted as free goes, so that no later clock can revive it.
                    perform expire_leases(array[turn.key_id], v_ts, p_log);
                end if;
            end if;
            granted := 0; begun := 0; tokens_granted := 0; nano_granted := 0; is_open := null;
            while a <= a_count and p_acq_key[a] = turn.place loop
                ask := p_acq_calls[a]; reqs := p_acq_requests[a]; tok := p_acq_tokens[a]; nano := p_acq_nano[a];
                if reqs > 1 then
                    -- An allotment leaves a quarter of everything to others.
                    if v_ts >= turn.scarce_until
                        and (turn.concurrency = 0 or turn.leases + granted + ask <= turn.concurrency / 4 * 3)
                        and (turn.requests_limit = 0 or turn.requests_used + begun + reqs <= turn.requests_limit / 4 * 3)
                        and (turn.minute_limit = 0 or turn.minute_used + tokens_granted + tok <= turn.minute_limit / 4 * 3)
                        and (turn.tokens_limit = 0 or turn.tokens_used + tokens_granted + tok <= turn.tokens_limit / 4 * 3)
                        and (turn.day_limit = 0 or turn.day_used + nano_granted + nano <= turn.day_limit / 4 * 3)
                        and (turn.week_limit = 0 or turn.week_used + nano_granted + nano <= turn.week_limit / 4 * 3)
                        and (turn.total_limit = 0 or turn.total_used + nano_granted + nano <= turn.total_limit / 4 * 3)
                    then
                        granted := granted + ask; begun := begun + reqs;
                        tokens_granted := tokens_granted + tok; nano_granted := nano_granted + nano;
                        turn.allotted_until := v_ts + interval '3 seconds';
                        st := 0;
                        z := coalesce(least(
                            case when turn.requests_limit > 0 then (turn.requests_window + 1) * turn.requests_window_ms end,
                            case when turn.minute_limit > 0 then (turn.minute_window + 1) * 60000 end,
                            case when turn.tokens_limit > 0 then (turn.tokens_window + 1) * turn.tokens_window_ms end,
                            case when turn.day_limit > 0 then (turn.day_window + 1) * 86400000 end,
                            case when turn.week_limit > 0 then ((turn.week_window + 1) * 7 + 4) * 86400000 end),
                            v_ms + 60000) - v_ms;
                    else
                        st := 8; z := 0;
                    end if;
                    u := 0; l := 0;
                -- A reservation of nothing needs room for something.
                elsif (turn.concurrency = 0 or turn.leases + granted < turn.concurrency)
                    and (turn.requests_limit = 0 or turn.requests_used + begun < turn.requests_limit)
                    and (turn.minute_limit = 0
                         or turn.minute_used + tokens_granted + greatest(tok, 1) <= turn.minute_limit)
                    and (turn.tokens_limit = 0
                         or turn.tokens_used + tokens_granted + greatest(tok, 1) <= turn.tokens_limit)
                    and (turn.day_limit = 0 or turn.day_used + nano_granted + greatest(nano, 1) <= turn.day_limit)
                    and (turn.week_limit = 0 or turn.week_used + nano_granted + greatest(nano, 1) <= turn.week_limit)
                    and (turn.total_limit = 0 or turn.total_used + nano_granted + greatest(nano, 1) <= turn.total_limit)
                then
                    granted := granted + 1; begun := begun + 1;
                    tokens_granted := tokens_granted + tok; nano_granted := nano_granted + nano;
                    st := 0;
                else
                    if turn.concurrency > 0 and turn.leases + granted >= turn.concurrency then
                        st := 1; u := turn.leases + granted; l := turn.concurrency; z := 0;
                    elsif turn.requests_limit > 0 and turn.requests_used + begun >= turn.requests_limit then
                        st := 2; u := turn.requests_used + begun; l := turn.requests_limit;
                        z := (turn.requests_window + 1) * turn.requests_window_ms;
                    elsif turn.minute_limit > 0
                        and turn.minute_used + tokens_granted + greatest(tok, 1) > turn.minute_limit then
                        st := 3; u := turn.minute_used + tokens_granted; l := turn.minute_limit;
                        z := (turn.minute_window + 1) * 60000;
                    elsif turn.tokens_limit > 0
                        and turn.tokens_used + tokens_granted + greatest(tok, 1) > turn.tokens_limit then
                        st := 4; u := turn.tokens_used + tokens_granted; l := turn.tokens_limit;
                        z := (turn.tokens_window + 1) * turn.tokens_window_ms;
                    elsif turn.day_limit > 0 and turn.day_used + nano_granted + greatest(nano, 1) > turn.day_limit then
                        st := 5; u := turn.day_used + nano_granted; l := turn.day_limit;
                        z := (turn.day_window + 1) * 86400000;
                    elsif turn.week_limit > 0 and turn.week_used + nano_granted + greatest(nano, 1) > turn.week_limit then
                        st := 6; u := turn.week_used + nano_granted; l := turn.week_limit;
                        z := ((turn.week_window + 1) * 7 + 4) * 86400000;
                    else
                        st := 7; u := turn.total_used + nano_granted; l := turn.total_limit; z := 0;
                    end if;
                    if is_open is null then
                        is_open := v_ts < turn.allotted_until
                            and exists (select from lease where key_id = turn.key_id and requests > 1 and expires_at > v_ts);
                        if v_ts >= turn.scarce_until then
                            turn.scarce_until := v_ts + interval '10 seconds'; turn.is_changed := true;
                            if is_open then
                                perform pg_notify('mehari_allotment', turn.key_id::text);
                            end if;
                        end if;
                    end if;
                    if is_open then
                        st := -st;
                    end if;
                end if;
                if st <> 0 or reqs > 1 then
                    if o_used is null then
                        o_used := array_fill(0::bigint, array[a_count]); o_limit := o_used; o_reset := o_used;
                    end if;
                    o_status[a] := st; o_used[a] := u; o_limit[a] := l; o_reset[a] := z;
                end if;
                a := a + 1;
            end loop;
            if granted > 0 then
                minutes[turn.place] := coalesce(turn.minute_window, v_minute);
                windows[turn.place] := coalesce(turn.tokens_window, 0);
                request_windows[turn.place] := coalesce(turn.requests_window, 0);
                turn.leases := turn.leases + granted;
                turn.leases_until := least(turn.leases_until, v_exp);
                if turn.requests_limit > 0 then turn.requests_used := turn.requests_used + begun; end if;
                turn.minute_used := turn.minute_used + tokens_granted;
                turn.tokens_used := turn.tokens_used + tokens_granted;
                turn.day_used := turn.day_used + nano_granted;
                turn.week_used := turn.week_used + nano_granted;
                turn.total_used := turn.total_used + nano_granted;
                turn.is_changed := true;
            end if;
        end if;
        turns[turn.place] := turn;
    end loop;
    if a <= a_count then
        raise exception 'requests must come in the order of their keys';
    end if;

    if 0 = any(o_status) then
        insert into lease
        select p_keys[y.k], y.id, p_owner, v_ts, v_exp, minutes[y.k], windows[y.k], y.tokens, y.nano, y.calls, y.requests,
               request_windows[y.k]
          from unnest(p_acq_key, p_acq_lease, p_acq_calls, p_acq_requests, p_acq_tokens, p_acq_nano, o_status)
               y(k, id, calls, requests, tokens, nano, status)
         where y.status = 0;
    end if;
    if p_log then
        insert into limit_decision (at_ms, key_id, lease_id, owner_id, what, calls, requests, tokens, nanodollars,
                                    refused_by, used, reset_ms, limits)
        select v_ms, p_keys[y.k], y.id, p_owner, case when y.status = 0 then 'granted' else 'refused' end, y.calls,
               y.requests, y.tokens, y.nano, nullif(abs(y.status), 0), o_used[y.place], o_reset[y.place],
               array[t.concurrency, t.requests_limit, t.minute_limit, t.tokens_limit, t.day_limit, t.week_limit,
                     t.total_limit, t.requests_window_ms, t.tokens_window_ms]
          from unnest(p_acq_key, p_acq_lease, p_acq_calls, p_acq_requests, p_acq_tokens, p_acq_nano, o_status)
               with ordinality y(k, id, calls, requests, tokens, nano, status, place)
          join unnest(turns) t on t.place = y.k
         where y.status < 8
         order by y.place;
    end if;

    update limit_state x
       set requests_window = t.requests_window, requests_used = t.requests_used, minute_window = t.minute_window,
           minute_used = t.minute_used, tokens_window = t.tokens_window, tokens_used = t.tokens_used,
           day_window = t.day_window, day_used = t.day_used, week_window = t.week_window, week_used = t.week_used,
           total_used = t.total_used, leases = t.leases, leases_until = t.leases_until,
           allotted_until = t.allotted_until, scarce_until = t.scarce_until
      from unnest(turns) t
     where t.is_changed and x.key_id = t.key_id;
end $$;

-- As in V0016; allotments come back as what they were.
create or replace function adopt(
    p_owner int, p_lease_ms int, p_log boolean, p_keys bigint[],
    p_key bigint[], p_lease bigint[], p_age_ms bigint[], p_tokens bigint[], p_nano bigint[], p_state int[])
returns bigint[] language plpgsql as $$
declare
    v_ts timestamptz; v_ms bigint; v_exp timestamptz; known bigint[]; back bigint[]; lost bigint[];
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + x) from unnest(p_keys) x;
    perform count_leases_anew(p_keys);
    v_ts := clock_timestamp();
    v_ms := (extract(epoch from v_ts) * 1000)::bigint;
    v_exp := v_ts + p_lease_ms * interval '1 millisecond';

    with gone as (
        delete from lease_expired x using unnest(p_key, p_lease, p_state) y(key_id, id, state)
         where x.key_id = y.key_id and x.lease_id = y.id and y.state < 2 and x.owner_id > 0 returning x.*),
    back_again as (
        insert into lease
        select key_id, lease_id, owner_id, granted_at, v_exp, minute, tokens_window, tokens, nanodollars, calls, requests,
               requests_window
          from gone)
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

create or replace function take_back(p_key bigint, p_lease bigint, p_log boolean) returns int language plpgsql as $$
declare
    taken bigint[]; calls_taken int;
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + p_key);
    perform count_leases_anew(array[p_key]);
    with gone as (
        delete from lease where key_id = p_key and (p_lease is null or lease_id = p_lease) returning *),
    kept as (
        insert into lease_expired
        select key_id, lease_id, 0, granted_at, expires_at, minute, tokens_window, 0, 0, calls, requests, requests_window
          from gone),
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
    select array_agg(lease_id), sum(calls) into taken, calls_taken from gone;
    if taken is null then
        return 0;
    end if;
    if p_log then
        insert into limit_decision (at_ms, key_id, lease_id, owner_id, what)
        select (extract(epoch from clock_timestamp()) * 1000)::bigint, p_key, x, (x >> 40)::int, 'taken back'
          from unnest(taken) x;
    end if;
    perform pg_notify('mehari_lease', p_key::text);
    return calls_taken;
end $$;
