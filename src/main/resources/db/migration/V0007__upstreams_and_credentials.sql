-- Upstreams, the credentials that Mehari has for them, and what is known of both.

create table upstream (
    id                    bigint generated always as identity primary key,
    name                  text not null unique check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    dialect               text not null check (dialect in ('openai', 'anthropic', 'plain')),
    base_url              text not null check (length(base_url) <= 2000),
    forward_proxy         text,
    -- How its certificate is checked: PEM of an authority, or none for those that the system trusts.
    tls_authority         text,
    tls_verify            boolean not null default true,
    -- Null: the gateway's own.
    connect_timeout_ms    bigint check (connect_timeout_ms > 0),
    first_byte_timeout_ms bigint check (first_byte_timeout_ms > 0),
    idle_timeout_ms       bigint check (idle_timeout_ms > 0),
    total_timeout_ms      bigint check (total_timeout_ms > 0),
    priority              int not null default 50 check (priority between 1 and 100),
    weight                int not null default 1 check (weight between 1 and 1000),
    max_concurrent        int not null default 0 check (max_concurrent between 0 and 1000000),
    models                text[] not null default '{}',
    aliases               jsonb not null default '{}',
    choice                text not null default 'least-recently-used'
                          check (choice in ('least-recently-used', 'rotation', 'weighted')),
    rotation_calls        int not null default 100 check (rotation_calls between 1 and 1000000),
    sticky_ms             bigint not null default 3600000 check (sticky_ms >= 0),
    -- 0: it is not asked.
    probe_interval_ms     bigint not null default 0 check (probe_interval_ms >= 0),
    probe_model           text,
    enabled               boolean not null default true,
    -- True for one that the declarative file brought, and may take away.
    declared              boolean not null default false,
    failed_at             timestamptz,
    failed_reason         text,
    created_at            timestamptz not null default now(),
    updated_at            timestamptz not null default now()
);

create table credential (
    id             bigint generated always as identity primary key,
    upstream_id    bigint not null references upstream on delete cascade,
    name           text not null check (length(name) between 1 and 100),
    email          text not null default '' check (length(email) <= 320),
    kind           text not null check (kind in ('api-key', 'bearer', 'oauth', 'header')),
    -- Name of the header, for kind header.
    header         text,
    -- Sealed with the master key of that version: AES-256-GCM over JSON, bound to the id.
    secret         bytea,
    key_version    int not null default 0,
    -- Keyed hash of the secret, so that the same one is found again without being deciphered.
    fingerprint    bytea not null,
    declared       boolean not null default false,
    priority       int not null default 50 check (priority between 1 and 100),
    weight         int not null default 1 check (weight between 1 and 1000),
    max_concurrent int not null default 0 check (max_concurrent between 0 and 1000000),
    daily_quota    bigint not null default 0 check (daily_quota >= 0),
    user_gap_ms    int not null default 0 check (user_gap_ms between 0 and 60000),
    models         text[] not null default '{}',
    enabled        boolean not null default true,
    disabled_for   text,
    -- Tokens of kind oauth.
    token_version  bigint not null default 0,
    token_expires  timestamptz,
    token_claim    timestamptz,
    refresh_after  timestamptz,
    refresh_error  text,
    refreshed_at   timestamptz,
    -- The earliest that the next message of a person may be sent with it.
    next_user_at   timestamptz,
    quota_day      date,
    quota_used     bigint not null default 0,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    unique (upstream_id, name),
    unique (upstream_id, fingerprint)
);

-- Apart from the credential, for it changes all the time and nobody has to hear of it.
create table credential_use (
    credential_id bigint primary key references credential on delete cascade,
    calls         bigint not null default 0,
    successes     bigint not null default 0,
    failures      bigint not null default 0,
    last_used     timestamptz,
    last_success  timestamptz,
    last_failure  timestamptz,
    last_status   int,
    last_error    text
) with (fillfactor = 50);

create table credential_bench (
    credential_id bigint not null references credential on delete cascade,
    -- By the upstream's name; empty for all models.
    model         text not null default '',
    reason        text not null,
    status        int not null,
    since         timestamptz not null,
    until         timestamptz not null,
    primary key (credential_id, model)
);

-- For how long which answer benches a credential; what matches first by position holds.
create table bench_rule (
    position    int primary key,
    status      int not null check (status between 100 and 599),
    -- A regular expression that the answer's first 64 KiB have to hold; null for any.
    body        text,
    -- credential, or model: only for the model that was called.
    scope       text not null default 'credential' check (scope in ('credential', 'model')),
    reason      text not null,
    duration_ms bigint not null check (duration_ms >= 0)
);

insert into bench_rule (position, status, body, scope, reason, duration_ms) values
    (10, 429, 'Resource has been exhausted', 'model', 'quota_exhausted', 14400000),
    (20, 401, null, 'credential', 'unauthorized', 1800000),
    (30, 403, null, 'credential', 'forbidden', 1800000),
    (40, 429, null, 'model', 'rate_limited', 5000),
    (50, 500, null, 'credential', 'upstream_error', 300000),
    (60, 502, null, 'credential', 'upstream_error', 300000),
    (70, 503, null, 'credential', 'upstream_unavailable', 60000),
    (80, 504, null, 'credential', 'upstream_error', 300000),
    (90, 529, null, 'credential', 'upstream_overloaded', 600000);

-- Turns of rotations. A turn that was given back is in rotation_left until somebody goes on with it.
create table rotation (
    upstream_id bigint primary key references upstream on delete cascade,
    next_turn   bigint not null default 0
);

create table rotation_left (
    upstream_id bigint not null references upstream on delete cascade,
    turn        bigint not null,
    calls       int not null,
    primary key (upstream_id, turn)
);

create table upstream_event (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    upstream   text not null,
    credential text,
    what       text not null,
    detail     text not null default ''
);
create index upstream_event_at on upstream_event (at);

-- Whoever changes one of these, all instances hear of it.
create function tell_change() returns trigger language plpgsql as $$
begin
    perform pg_notify(tg_argv[0], '');
    return null;
end $$;

create trigger upstream_changed after insert or update or delete or truncate on upstream
    for each statement execute function tell_change('mehari_upstream');
create trigger credential_changed after insert or delete or truncate
    or update of name, kind, header, secret, priority, weight, max_concurrent, daily_quota, user_gap_ms, models, enabled,
                 token_version, token_expires
    on credential for each statement execute function tell_change('mehari_credential');
create trigger bench_changed after insert or update or delete or truncate on credential_bench
    for each statement execute function tell_change('mehari_credential');
create trigger bench_rule_changed after insert or update or delete or truncate on bench_rule
    for each statement execute function tell_change('mehari_credential');
