package dev.mehari.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads the whole audit from a gateway, page by page. */
final class AuditLines {
    private static final String FIRST = "/api/audit/export?limit=2000";

    private AuditLines() {}

    /** Takes a line. */
    interface Sink {
        /** Returns false when it wants no more. */
        boolean line(String line) throws AdminFailure;
    }

    /** Hands all lines to {@code sink}, as long as it wants them, but those that only say where to go on. */
    static void read(AdminClient client, Sink sink) throws AdminFailure {
        ObjectMapper json = new ObjectMapper();
        String path = FIRST;
        while (!path.isEmpty()) {
            String[] lines = client.text(path, "application/x-ndjson").lines().toArray(String[]::new);
            if (lines.length == 0) {
                throw strange();
            }
            String last = lines[lines.length - 1];
            String after = after(json, last);
            int handed = after.isEmpty() ? lines.length : lines.length - 1;
            for (int i = 0; i < handed; i++) {
                if (!sink.line(lines[i])) {
                    return;
                }
            }
            path = after.isEmpty() ? "" : FIRST + "&after=" + AdminClient.encoded(after);
        }
    }

    private static String after(ObjectMapper json, String line) throws AdminFailure {
        try {
            JsonNode read = json.readTree(line);
            return read.path("type").asText().equals("more")
                    ? read.path("after").asText()
                    : "";
        } catch (JsonProcessingException noJson) {
            throw strange();
        }
    }

    private static AdminFailure strange() {
        return new AdminFailure("What answers is not the admin port of a gateway.", false);
    }
}
