package dev.mehari.telemetry;

import java.util.Map;

/** The pool of credentials, as JMX shows it: by upstream, without the credentials themselves. */
@Described("The pool of credentials on this instance, by upstream; upstreams that were called since start")
public interface CredentialsMXBean {
    @Described(value = "Credentials of each upstream by how they stand", unit = "credentials")
    Map<String, Map<String, Long>> getStates();

    @Described(value = "Tries at each upstream since start by how they ended", unit = "tries")
    Map<String, Map<String, Long>> getAttempts();

    @Described(value = "Times that a credential of each upstream was benched, by reason", unit = "benches")
    Map<String, Map<String, Long>> getBenches();

    @Described(value = "Calls that wait for a credential that is busy or refreshed", unit = "calls")
    int getWaiting();

    @Described(value = "Refreshes of tokens since start by how they ended", unit = "refreshes")
    Map<String, Long> getTokenRefreshes();
}
