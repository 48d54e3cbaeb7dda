package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mehari.admin.MonitorView.Credential;
import dev.mehari.admin.MonitorView.Credential.State;
import dev.mehari.admin.MonitorView.LastMinute;
import dev.mehari.admin.MonitorView.Now;
import dev.mehari.admin.MonitorView.Upstream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShowMonitorTest {
    private static final LastMinute QUIET = new LastMinute(List.of(), List.of(), 60, 0, 0, 0, 0, 0);

    @Test
    void keys_come_as_the_view_gives_them() {
        List<MonitorView.Key> keys = Stream.of("8", "7", "9")
                .map(id -> new MonitorView.Key(id, "key " + id, 0, 0, 0, 0, 0, 0))
                .toList();

        JsonNode json = ShowMonitor.json(now(keys, List.of(), List.of()));

        assertThat(json.path("keys_total").asInt()).isEqualTo(5000);
        assertThat(json.path("keys").findValuesAsText("id")).containsExactly("8", "7", "9");
    }

    @Test
    void credentials_that_are_left_alone_come_first_and_disabled_ones_last() {
        List<Credential> credentials = Stream.of(
                        State.DISABLED, State.USABLE, State.TRIAL, State.USED_UP, State.BENCHED)
                .map(state -> new Credential(1, "a", state.name(), state, 1, 0, 0, 0, null))
                .toList();

        JsonNode json = ShowMonitor.json(now(List.of(), credentials, List.of()));

        assertThat(json.path("credentials").findValuesAsText("state"))
                .containsExactly("benched", "trial", "used-up", "usable", "disabled");
    }

    @Test
    void upstreams_with_the_most_calls_come_first() {
        List<Upstream> upstreams = Stream.of(1, 9, 4)
                .map(calls -> new Upstream("u" + calls, "up", "closed", calls, 0, 0, 0))
                .toList();

        JsonNode json = ShowMonitor.json(now(List.of(), List.of(), upstreams));

        assertThat(json.path("upstreams").findValuesAsText("name")).containsExactly("u9", "u4", "u1");
        assertThat(json.path("status").asText()).isEqualTo("healthy");
    }

    private static Now now(List<MonitorView.Key> keys, List<Credential> credentials, List<Upstream> upstreams) {
        JsonNode state = new ObjectMapper().createObjectNode().put("status", "healthy");
        return new Now("gw-1:8080", state, 0, QUIET, 5000, keys, credentials, upstreams);
    }
}
