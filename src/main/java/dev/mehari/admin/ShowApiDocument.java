package dev.mehari.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.camel.Exchange;

/** Answers {@code GET /api/openapi.json} with the OpenAPI 3.1 document of this API; named {@code showApiDocument}. */
public final class ShowApiDocument extends AdminResource {
    private static final String RESOURCE = "/openapi/admin.json";

    private final JsonNode document;

    /** Reads the document from the class path. */
    public ShowApiDocument() {
        try (InputStream in = ShowApiDocument.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not packaged");
            }
            document = new ObjectMapper().readTree(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    void answer(Exchange exchange) {
        AdminAnswer.put(exchange, 200, document);
    }
}
