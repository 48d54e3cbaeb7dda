package dev.mehari.faults;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What happened in a run.
 *
 * @param credentials all there are, with the upstream of each
 * @param tries of the calls below, in order of arrival
 * @param calls while upstreams were faulty
 * @param calm calls after that, when upstreams served everything
 * @param calmCredentials with which the calm calls arrived
 * @param left what was still held at the end: how many of each kind
 */
record FaultHistory(
        Terms terms,
        Map<String, String> credentials,
        List<Try> tries,
        List<Called> calls,
        List<Called> calm,
        Set<String> calmCredentials,
        Map<String, Long> left) {}
