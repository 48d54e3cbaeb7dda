package dev.mehari.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {
    private final CsvTable table = new CsvTable();

    @Test
    void ends_lines_with_crlf_and_leaves_plain_cells_alone() {
        table.row(List.of("a", "b"));
        table.row(List.of("1", ""));

        assertThat(table).hasToString("a,b\r\n1,\r\n");
    }

    @Test
    void puts_cells_in_quotes_that_would_be_misread() {
        table.row(List.of("a,b", "say \"x\"", "two\r\nlines", "a;b"));

        assertThat(table).hasToString("\"a,b\",\"say \"\"x\"\"\",\"two\r\nlines\",\"a;b\"\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(1)", "\uff1d1"})
    void keeps_spreadsheets_from_computing_what_callers_write(String formula) {
        table.row(List.of(formula));

        assertThat(table).hasToString("'" + formula + "\r\n");
    }

    @Test
    void quotes_a_formula_that_needs_it() {
        table.row(List.of("=cmd|'/c calc'!A1,\"x\"", "\t=1"));

        assertThat(table).hasToString("\"'=cmd|'/c calc'!A1,\"\"x\"\"\",\"'\t=1\"\r\n");
    }
}
