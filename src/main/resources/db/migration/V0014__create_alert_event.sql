-- Alerts that instances have raised and cleared; kept for 30 days, 10,000 rows at most.
create table alert_event (
    id       bigint generated always as identity primary key,
    at       timestamptz      not null,
    instance text             not null,
    name     text             not null,
    level    text             not null check (level in ('warn', 'critical')),
    raised   boolean          not null,
    value    double precision not null,
    above    integer          not null
);

create index alert_event_at on alert_event (at);
