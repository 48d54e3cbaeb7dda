-- The decide of V0003, whose rules it keeps, in less time under the keys' locks: leases are counted by the statement that
-- reads limits and counters, lapsed ones are looked for only when a settlement found no lease, and only counters that a
-- charge is about are added to.
create or replace function decide(
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
    d_lim bigint[]; w_lim bigint[]; a_lim bigint[];
    r_win bigint[]; r_used bigint[]; m_win bigint[]; m_used bigint[]; t_win bigint[]; t_used bigint[];
    d_win bigint[]; d_used bigint[]; w_win bigint[]; w_used bigint[]; a_used bigint[];
    active int[]; stale bigint; dirty boolean[];
    s_key int[]; s_lease bigint[]; s_tokens bigint[]; s_nano bigint[]; s_minute bigint[]; s_window bigint[];
    s_live boolean[];
    i int; k int; w bigint; tok bigint; nano bigint; st int; u bigint; l bigint; z bigint;
begin
    perform pg_advisory_xact_lock((1::bigint << 62) + x) from unnest(p_keys) x;

    -- After the locks, never now().
    v_ts := clock_timestamp();
    v_ms := (extract(epoch from v_ts) * 1000)::bigint;
    v_minute := v_ms / 60000;
    v_exp := v_ts + p_lease_ms * interval '1 millisecond';

    select array_agg(concurrency), array_agg(requests), array_agg(requests_window_ms), array_agg(tokens_per_minute),
           array_agg(tokens), array_agg(tokens_window_ms), array_agg(cost_daily), array_agg(cost_weekly),
           array_agg(cost_total),
           array_agg(requests_window), array_agg(requests_used), array_agg(minute_window), array_agg(minute_used),
           array_agg(tokens_window), array_agg(tokens_used), array_agg(day_window), array_agg(day_used),
           array_agg(week_window), array_agg(week_used), array_agg(total_used), array_agg(live), sum(dead)
      into c_lim, r_lim, r_len, m_lim, t_lim, t_len, d_lim, w_lim, a_lim,
           r_win, r_used, m_win, m_used, t_win, t_used, d_win, d_used, w_win, w_used, a_used, active, stale
      from (select a.*, s.*, l.live, l.dead from unnest(p_keys, p_asked) with ordinality q(id, asked, place)
              left join api_key a on a.id = q.id
              left join limit_state s on s.key_id = q.id
             cross join lateral (
                select (count(*) filter (where y.expires_at > v_ts))::int as live,
                       count(*) filter (where y.expires_at <= v_ts) as dead
                  from lease y where y.key_id = q.id and q.asked > 0 and a.concurrency > 0) l
             order by q.place) x;

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
            returning y.k, y.id, y.tokens - x.tokens as tokens, y.nano - x.nanodollars as nano, x.minute, x.tokens_window,
                      x.expires_at > v_ts as live)
        select array_agg(x.k), array_agg(x.id), array_agg(x.tokens), array_agg(x.nano), array_agg(x.minute),
               array_agg(x.tokens_window), array_agg(x.live)
          into s_key, s_lease, s_tokens, s_nano, s_minute, s_window, s_live
          from held x;
        if cardinality(s_key) is distinct from cardinality(p_set_key) then
            with lapsed as (
                delete from lease_expired x
                 using unnest(p_set_key, p_set_lease, p_set_tokens, p_set_nano) y(k, id, tokens, nano)
                 where x.key_id = p_keys[y.k] and x.lease_id = y.id
                returning y.k, y.id, y.tokens - x.tokens as tokens, y.nano - x.nanodollars as nano, x.minute,
                          x.tokens_window)
            select s_key || array_agg(x.k), s_lease || array_agg(x.id), s_tokens || array_agg(x.tokens),
                   s_nano || array_agg(x.nano), s_minute || array_agg(x.minute), s_window || array_agg(x.tokens_window),
                   s_live || array_agg(false)
              into s_key, s_lease, s_tokens, s_nano, s_minute, s_window, s_live
              from lapsed x;
        end if;
        for i in 1 .. coalesce(cardinality(s_key), 0) loop
            k := s_key[i]; tok := s_tokens[i]; nano := s_nano[i];
            if s_live[i] then active[k] := active[k] - 1; end if;
            if tok <> 0 then
                if m_win[k] = s_minute[i] then m_used[k] := m_used[k] + tok; end if;
                if t_win[k] = s_window[i] then t_used[k] := t_used[k] + tok; end if;
                dirty[k] := true;
            end if;
            if nano <> 0 then
                w := s_minute[i] / 1440;
                if d_win[k] = w then d_used[k] := d_used[k] + nano; end if;
                if w_win[k] = (w - 4) / 7 then w_used[k] := w_used[k] + nano; end if;
                a_used[k] := a_used[k] + nano;
                dirty[k] := true;
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
        if stale > 0 then
            -- What has been counted as free goes, so that no later clock can revive it.
            perform expire_leases(p_keys, v_ts, p_log);
        end if;
        for i in 1 .. cardinality(p_acq_lease) loop
            k := p_acq_key[i]; tok := p_acq_tokens[i]; nano := p_acq_nano[i]; st := 0;
            -- A reservation of nothing needs room for something.
            if c_lim[k] > 0 and active[k] >= c_lim[k] then
                st := 1; u := active[k]; l := c_lim[k]; z := 0;
            elsif r_lim[k] > 0 and r_used[k] >= r_lim[k] then
                st := 2; u := r_used[k]; l := r_lim[k]; z := (r_win[k] + 1) * r_len[k];
            elsif m_lim[k] > 0 and m_used[k] + greatest(tok, 1) > m_lim[k] then
                st := 3; u := m_used[k]; l := m_lim[k]; z := (m_win[k] + 1) * 60000;
            elsif t_lim[k] > 0 and t_used[k] + greatest(tok, 1) > t_lim[k] then
                st := 4; u := t_used[k]; l := t_lim[k]; z := (t_win[k] + 1) * t_len[k];
            elsif d_lim[k] > 0 and d_used[k] + greatest(nano, 1) > d_lim[k] then
                st := 5; u := d_used[k]; l := d_lim[k]; z := (d_win[k] + 1) * 86400000;
            elsif w_lim[k] > 0 and w_used[k] + greatest(nano, 1) > w_lim[k] then
                st := 6; u := w_used[k]; l := w_lim[k]; z := ((w_win[k] + 1) * 7 + 4) * 86400000;
            elsif a_lim[k] > 0 and a_used[k] + greatest(nano, 1) > a_lim[k] then
                st := 7; u := a_used[k]; l := a_lim[k]; z := 0;
            end if;
            if st = 0 then
                active[k] := active[k] + 1;
                if r_lim[k] > 0 then r_used[k] := r_used[k] + 1; dirty[k] := true; end if;
                if tok > 0 then m_used[k] := m_used[k] + tok; t_used[k] := t_used[k] + tok; dirty[k] := true; end if;
                if nano > 0 then
                    d_used[k] := d_used[k] + nano; w_used[k] := w_used[k] + nano; a_used[k] := a_used[k] + nano;
                    dirty[k] := true;
                end if;
            else
                if o_used is null then
                    o_used := array_fill(0::bigint, array[cardinality(p_acq_lease)]); o_limit := o_used; o_reset := o_used;
                end if;
                o_status[i] := st; o_used[i] := u; o_limit[i] := l; o_reset[i] := z;
            end if;
        end loop;
        if 0 = any(o_status) then
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

    if true = any(dirty) then
        update limit_state s
           set requests_window = r_win[y.k], requests_used = r_used[y.k], minute_window = m_win[y.k],
               minute_used = m_used[y.k], tokens_window = t_win[y.k], tokens_used = t_used[y.k], day_window = d_win[y.k],
               day_used = d_used[y.k], week_window = w_win[y.k], week_used = w_used[y.k], total_used = a_used[y.k]
          from unnest(p_keys, dirty) with ordinality y(id, dirty, k)
         where y.dirty and s.key_id = y.id;
    end if;
end $$;
