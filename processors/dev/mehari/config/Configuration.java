package dev.mehari.config;

/** Everything configured, for the one place that wires objects together; each of them receives only its own record. */
public record Configuration(
        ListenConfig listen,
        AdminConfig admin,
        AuthConfig auth,
        DataConfig data,
        ProxyDefaults proxy,
        QueueConfig queue,
        TargetConfig target,
        TimeoutConfig timeouts,
        PoolConfig pool,
        BreakerConfig breaker,
        UpstreamsConfig upstreams,
        CredentialConfig credentials,
        RetryConfig retry,
        ProbeConfig probe,
        RelayLimits relay,
        LimitsConfig limits,
        AlertsConfig alerts,
        TracesConfig traces,
        AuditConfig audit,
        AuditKeepConfig auditKeep,
        CaptureConfig capture,
        StartConfig start,
        ShutdownConfig shutdown,
        RoutesConfig routes) {

    /**
     * Reads every record, then checks.
     *
     * @throws ConfigurationException with all problems, when there is one
     */
    public static Configuration from(Settings settings) {
        Configuration configuration = new Configuration(
                ListenConfig.from(settings),
                AdminConfig.from(settings),
                AuthConfig.from(settings),
                DataConfig.from(settings),
                ProxyDefaults.from(settings),
                QueueConfig.from(settings),
                TargetConfig.from(settings),
                TimeoutConfig.from(settings),
                PoolConfig.from(settings),
                BreakerConfig.from(settings),
                UpstreamsConfig.from(settings),
                CredentialConfig.from(settings),
                RetryConfig.from(settings),
                ProbeConfig.from(settings),
                RelayLimits.from(settings),
                LimitsConfig.from(settings),
                AlertsConfig.from(settings),
                TracesConfig.from(settings),
                AuditConfig.from(settings),
                AuditKeepConfig.from(settings),
                CaptureConfig.from(settings),
                StartConfig.from(settings),
                ShutdownConfig.from(settings),
                RoutesConfig.from(settings));
        configuration.auth.check(configuration.listen, settings);
        settings.check();
        return configuration;
    }
}
