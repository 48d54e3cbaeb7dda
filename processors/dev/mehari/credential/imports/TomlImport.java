package dev.mehari.credential.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;

/** {@code accounts.toml}: {@code [[accounts]]} tables, or one table a file of the old {@code creds.toml}. */
final class TomlImport {
    private static final TomlMapper TOML = new TomlMapper();

    private final JsonImport reader;
    private final ParsedImport into;

    TomlImport(JsonImport reader, ParsedImport into) {
        this.reader = reader;
        this.into = into;
    }

    void read(byte[] bytes, String file) {
        try {
            reader.read(TOML.readTree(bytes), file);
        } catch (JsonProcessingException malformed) {
            into.problem(
                    file,
                    "is no TOML, from line "
                            + (malformed.getLocation() == null
                                    ? 1
                                    : malformed.getLocation().getLineNr()));
        } catch (IOException notText) {
            into.problem(file, "is no TOML");
        }
    }
}
