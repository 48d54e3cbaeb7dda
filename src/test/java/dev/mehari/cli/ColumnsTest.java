package dev.mehari.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ColumnsTest {
    private final Columns columns = new Columns("ID", "NAME", "WHY");

    @Test
    void each_is_as_wide_as_its_widest_cell() {
        columns.row("1", "a longer name", "");
        columns.row("100", "b", "because");

        StringWriter out = new StringWriter();
        columns.print(new PrintWriter(out));

        assertThat(out.toString().lines())
                .containsExactly("ID   NAME           WHY", "1    a longer name", "100  b              because");
    }

    @Test
    void a_line_has_a_cell_for_each() {
        assertThatThrownBy(() -> columns.row("1", "two")).isInstanceOf(IllegalArgumentException.class);
    }
}
