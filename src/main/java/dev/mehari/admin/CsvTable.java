package dev.mehari.admin;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A table as comma-separated values (RFC 4180): lines end with CRLF, and cells with commas, quotes or line ends stand in
 * quotes. A cell that a spreadsheet could take for a formula, because it begins with {@code = + - @}, a tab or a line end,
 * gets an apostrophe in front of it, which spreadsheets show as text (OWASP, "CSV Injection").
 */
final class CsvTable {
    /** With a head, as all tables here have. */
    static final String TYPE = "text/csv; charset=utf-8; header=present";

    private static final Pattern FORMULA = Pattern.compile("^[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]");
    private static final Pattern SPECIAL = Pattern.compile("[\",;\\t\\r\\n]");

    private final StringBuilder text = new StringBuilder();

    /** One line more. */
    void row(List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            text.append(i == 0 ? "" : ",").append(cell(cells.get(i)));
        }
        text.append("\r\n");
    }

    private static String cell(String value) {
        String harmless = FORMULA.matcher(value).find() ? "'" + value : value;
        return SPECIAL.matcher(harmless).find() ? '"' + harmless.replace("\"", "\"\"") + '"' : harmless;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
