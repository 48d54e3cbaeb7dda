-- The decide_19 of V0019, for allotments that last up to 10 s: they are looked for, and called back, for 11 s after the last one was
-- granted, not for 3 s.
create function decide_20(
    p_owner int, p_lease_ms int, p_log boolean, p_in_parts boolean,
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
    ask int; reqs int; tok bigint; nano bigint; each bigint;
    granted int; begun int; tokens_granted bigint; nano_granted bigint; w bigint;
    is_open boolean; has_calls_open boolean; st int; u bigint; l bigint; z bigint;
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
    for turn in
        select q.place, q.id, q.asked,
               k.concurrency, k.requests, k.requests_window_ms, k.tokens_per_minute, k.tokens, k.tokens_window_ms, k.cost_daily,
               k.cost_weekly, k.cost_total,
               x.requests_window, x.requests_used, x.minute_window, x.minute_used, x.tokens_window, x.tokens_used,
               x.day_window, x.day_used, x.week_window, x.week_used, x.total_used, x.leases, x.leases_until,
               false, x.allotted_until, x.scarce_until, x.calls_allotted_until, x.calls_scarce_until,
               x.windows_until, x.requests_length, x.tokens_length
          from unnest(p_keys, p_asked) with ordinality q(id, asked, place)
          left join api_key k on k.id = q.id
          left join limit_state x on x.key_id = q.id
         order by q.place
    loop
        if turn.concurrency is null then
            -- A key that does not exist any more has no limits.
            turn.concurrency := 0; turn.requests_limit := 0; turn.minute_limit := 0; turn.tokens_limit := 0;
            turn.day_limit := 0; turn.week_limit := 0; turn.total_limit := 0;
            turn.requests_window_ms := 60000; turn.tokens_window_ms := 60000;
        end if;
        if v_ms >= turn.windows_until or turn.requests_length <> turn.requests_window_ms
            or turn.tokens_length <> turn.tokens_window_ms
        then
            -- Windows only move forward, even if the clock steps back.
            w := v_ms / turn.requests_window_ms;
            if turn.requests_window < w then
                turn.requests_window := w; turn.requests_used := 0;
            end if;
            if turn.minute_window < v_minute then
                turn.minute_window := v_minute; turn.minute_used := 0;
            end if;
            w := v_ms / turn.tokens_window_ms;
            if turn.tokens_window < w then
                turn.tokens_window := w; turn.tokens_used := 0;
            end if;
            w := v_minute / 1440;
            if turn.day_window < w then
                turn.day_window := w; turn.day_used := 0;
            end if;
            w := (w - 4) / 7;
            if turn.week_window < w then
                turn.week_window := w; turn.week_used := 0;
            end if;
            turn.requests_length := turn.requests_window_ms; turn.tokens_length := turn.tokens_window_ms;
            turn.windows_until := least((v_minute + 1) * 60000, (v_ms / turn.requests_window_ms + 1) * turn.requests_window_ms,
                (v_ms / turn.tokens_window_ms + 1) * turn.tokens_window_ms);
        end if;
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
            if turn.concurrency > 0 and v_ts >= turn.leases_until then
                select coalesce(sum(calls) filter (where expires_at > v_ts), 0), count(*) filter (where expires_at <= v_ts),
                       coalesce(min(expires_at) filter (where expires_at > v_ts), 'infinity')
                  into turn.leases, v_lapsed, turn.leases_until
                  from lease where key_id = turn.key_id;
                if v_lapsed > 0 then
                    -- What has been counted as free goes, so that no later clock can revive it.
                    perform expire_leases(array[turn.key_id], v_ts, p_log);
                end if;
            end if;
            granted := 0; begun := 0; tokens_granted := 0; nano_granted := 0;
            is_open := null; has_calls_open := null;
            while a <= a_count and p_acq_key[a] = turn.place loop
                ask := p_acq_calls[a]; reqs := p_acq_requests[a]; tok := p_acq_tokens[a]; nano := p_acq_nano[a];
                if reqs > 1 then
                    -- As much as there is, but an allotment leaves a quarter of everything to others.
                    if turn.concurrency > 0 then
                        ask := case when v_ts < turn.calls_scarce_until then 0
                                    else greatest(0, least(ask, turn.concurrency / 4 * 3 - turn.leases - granted)) end;
                    end if;
                    if turn.requests_limit > 0 then
                        reqs := least(reqs, turn.requests_limit / 4 * 3 - turn.requests_used - begun);
                    end if;
                    if turn.minute_limit + turn.tokens_limit > 0 then
                        each := greatest(1, (tok + p_acq_requests[a] - 1) / p_acq_requests[a]);
                        reqs := least(reqs,
                            case when turn.minute_limit > 0
                                 then (turn.minute_limit / 4 * 3 - turn.minute_used - tokens_granted) / each end,
                            case when turn.tokens_limit > 0
                                 then (turn.tokens_limit / 4 * 3 - turn.tokens_used - tokens_granted) / each end);
                    end if;
                    if turn.day_limit + turn.week_limit + turn.total_limit > 0 then
                        each := greatest(1, (nano + p_acq_requests[a] - 1) / p_acq_requests[a]);
                        reqs := least(reqs,
                            case when turn.day_limit > 0
                                 then (turn.day_limit / 4 * 3 - turn.day_used - nano_granted) / each end,
                            case when turn.week_limit > 0
                                 then (turn.week_limit / 4 * 3 - turn.week_used - nano_granted) / each end,
                            case when turn.total_limit > 0
                                 then (turn.total_limit / 4 * 3 - turn.total_used - nano_granted) / each end);
                    end if;
                    if v_ts >= turn.scarce_until and reqs > 1
                        and (p_in_parts or (ask = p_acq_calls[a] and reqs = p_acq_requests[a]))
                    then
                        if reqs < p_acq_requests[a] then
                            tok := tok / p_acq_requests[a] * reqs; nano := nano / p_acq_requests[a] * reqs;
                            p_acq_requests[a] := reqs; p_acq_tokens[a] := tok; p_acq_nano[a] := nano;
                        end if;
                        ask := least(ask, reqs);
                        p_acq_calls[a] := ask;
                        granted := granted + ask; begun := begun + reqs;
                        tokens_granted := tokens_granted + tok; nano_granted := nano_granted + nano;
                        turn.allotted_until := v_ts + interval '11 seconds';
                        if ask > 0 then
                            turn.calls_allotted_until := turn.allotted_until;
                        end if;
                        st := 0;
                        z := case when turn.requests_limit + turn.minute_limit + turn.tokens_limit + turn.day_limit
                                      + turn.week_limit > 0
                                  then turn.windows_until - v_ms else 60000 end;
                    else
                        st := 8; z := 0;
                    end if;
                    u := ask; l := reqs;
                else
                    st := 0;
                    -- A reservation of nothing needs room for something.
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
                    elsif turn.day_limit + turn.week_limit + turn.total_limit > 0 then
                        if turn.day_limit > 0 and turn.day_used + nano_granted + greatest(nano, 1) > turn.day_limit then
                            st := 5; u := turn.day_used + nano_granted; l := turn.day_limit;
                            z := (turn.day_window + 1) * 86400000;
                        elsif turn.week_limit > 0 and turn.week_used + nano_granted + greatest(nano, 1) > turn.week_limit then
                            st := 6; u := turn.week_used + nano_granted; l := turn.week_limit;
                            z := ((turn.week_window + 1) * 7 + 4) * 86400000;
                        elsif turn.total_limit > 0
                            and turn.total_used + nano_granted + greatest(nano, 1) > turn.total_limit then
                            st := 7; u := turn.total_used + nano_granted; l := turn.total_limit; z := 0;
                        end if;
                    end if;
                    if st = 0 then
                        granted := granted + 1; begun := begun + 1;
                        tokens_granted := tokens_granted + tok; nano_granted := nano_granted + nano;
                    elsif st = 1 then
                        if has_calls_open is null then
                            has_calls_open := v_ts < turn.calls_allotted_until
                                and exists (select from lease where key_id = turn.key_id and requests > 1 and calls > 0
                                               and expires_at > v_ts);
                            if v_ts >= turn.calls_scarce_until then
                                turn.calls_scarce_until := v_ts + interval '1 second'; turn.is_changed := true;
                                if has_calls_open then
                                    perform pg_notify('mehari_allotment', turn.key_id::text);
                                end if;
                            end if;
                        end if;
                        if has_calls_open then
                            st := -1;
                        end if;
                    else
                        if is_open is null then
                            is_open := v_ts < turn.allotted_until
                                and exists (select from lease where key_id = turn.key_id and requests > 1 and expires_at > v_ts);
                            if v_ts >= turn.scarce_until then
                                turn.scarce_until := v_ts + interval '1 second'; turn.is_changed := true;
                                if is_open then
                                    perform pg_notify('mehari_allotment', turn.key_id::text);
                                end if;
                            end if;
                        end if;
                        if is_open then
                            st := -st;
                        end if;
                    end if;
                end if;
                if st <> 0 or p_acq_requests[a] > 1 then
                    if o_used is null then
                        o_used := array_fill(0::bigint, array[a_count]); o_limit := o_used; o_reset := o_used;
                    end if;
                    o_status[a] := st; o_used[a] := u; o_limit[a] := l; o_reset[a] := z;
                end if;
                a := a + 1;
            end loop;
            if begun > 0 then
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
        if turn.is_changed or p_log then
            turns[turn.place] := turn;
        end if;
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

    if turns is not null then
        update limit_state x
           set requests_window = t.requests_window, requests_used = t.requests_used, minute_window = t.minute_window,
               minute_used = t.minute_used, tokens_window = t.tokens_window, tokens_used = t.tokens_used,
               day_window = t.day_window, day_used = t.day_used, week_window = t.week_window, week_used = t.week_used,
               total_used = t.total_used, leases = t.leases, leases_until = t.leases_until,
               allotted_until = t.allotted_until, scarce_until = t.scarce_until,
               calls_allotted_until = t.calls_allotted_until, calls_scarce_until = t.calls_scarce_until,
               windows_until = t.windows_until, requests_length = t.requests_length, tokens_length = t.tokens_length
          from unnest(turns) t
         where t.is_changed and x.key_id = t.key_id;
    end if;
end $$;

-- For instances of the version before, which would forget too soon what those of this one have ahead.
create or replace function decide_19(
    p_owner int, p_lease_ms int, p_log boolean, p_in_parts boolean,
    p_keys bigint[], p_asked int[],
    p_set_key int[], p_set_lease bigint[], p_set_requests int[], p_set_tokens bigint[], p_set_nano bigint[],
    p_run_of bigint[], p_run_lease bigint[], p_run_age_ms bigint[], p_run_tokens bigint[], p_run_nano bigint[],
    p_ren_key int[], p_ren_lease bigint[],
    p_acq_key int[], p_acq_lease bigint[], p_acq_calls int[], p_acq_requests int[], p_acq_tokens bigint[],
    p_acq_nano bigint[],
    out o_status int[], out o_used bigint[], out o_limit bigint[], out o_reset bigint[], out o_renewed bigint[],
    out o_taken_back bigint[])
language sql volatile as $$
    select * from decide_20(
          p_owner, p_lease_ms, p_log, p_in_parts, p_keys, p_asked, p_set_key, p_set_lease, p_set_requests, p_set_tokens,
          p_set_nano, p_run_of, p_run_lease, p_run_age_ms, p_run_tokens, p_run_nano, p_ren_key, p_ren_lease,
          p_acq_key, p_acq_lease, p_acq_calls, p_acq_requests, p_acq_tokens, p_acq_nano);
$$;
