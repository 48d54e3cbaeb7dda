package dev.mehari.audit.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of an export.
 *
 * @param records the last page ends with {@link ExportRecord.End}
 * @param next where to go on; null on the last page
 */
public record ExportPage(
        List<ExportRecord> records, @Nullable ExportPosition next) {
    public ExportPage {
        records = List.copyOf(records);
    }
}
