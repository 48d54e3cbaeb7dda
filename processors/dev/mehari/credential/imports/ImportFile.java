package dev.mehari.credential.imports;

import org.jspecify.annotations.Nullable;

/** Reads what an operator imports. Nothing is stored; what cannot be read is among the problems. */
public final class ImportFile {
    private final @Nullable String upstream;

    /** @param upstream of entries that name none; null when each has to */
    public ImportFile(@Nullable String upstream) {
        this.upstream = upstream;
    }

    /** Forms of files. */
    public enum Form {
        JSON,
        ZIP,
        TOML
    }

    /** Reads one file. */
    public ParsedImport read(byte[] bytes, Form form) {
        ParsedImport into = new ParsedImport();
        switch (form) {
            case JSON -> json(bytes, "credential", into);
            case TOML -> toml(bytes, "account", into);
            case ZIP -> new ZipImport(this, into).read(bytes);
        }
        return into;
    }

    void json(byte[] bytes, String name, ParsedImport into) {
        new JsonImport(upstream, into).read(bytes, name);
    }

    void toml(byte[] bytes, String name, ParsedImport into) {
        new TomlImport(new JsonImport(upstream, into), into).read(bytes, name);
    }
}
