package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Form;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.ModelInfo;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code text/csv} (RFC 4180): a line of names, then a line for each row. */
final class CsvBody {
    private final String text;
    private int at;

    private CsvBody(String text) {
        this.text = text;
    }

    static Request read(ModelInfo model, List<String> signature, ByteBuffer body) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(body.duplicate()).toString();
        } catch (CharacterCodingException binary) {
            throw new Refused("The body is not text in UTF-8 (expected: CSV)");
        }
        // A mark of the byte order, which Excel writes, is no part of the first name.
        var csv = new CsvBody(text.startsWith("\ufeff") ? text.substring(1) : text);
        List<String> columns = csv.line();
        if (columns == null) {
            throw new Refused(
                    "The body is empty (expected: CSV, with the names of the columns first)");
        }
        try {
            var table = new Table(model, signature, columns);
            for (List<String> row = csv.line(); row != null; row = csv.line()) {
                for (int i = 0; i < Math.min(row.size(), columns.size()); i++) {
                    TensorBuilder cell = table.cell(i);
                    if (cell != null) {
                        cell.cell(row.get(i));
                    }
                }
                table.endRow(row.size());
            }
            return Request.of(table.tensors(), Form.TABLE);
        } catch (TensorBuilder.Misfit misfit) {
            throw new Refused(String.valueOf(misfit.getMessage()));
        }
    }

    /** The cells of the next line that is not empty; null at the end. */
    private @Nullable List<String> line() {
        while (at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')) {
            at++;
        }
        if (at >= text.length()) {
            return null;
        }
        var cells = new ArrayList<String>();
        while (true) {
            cells.add(cell());
            if (at >= text.length() || text.charAt(at) != ',') {
                return cells;
            }
            at++;
        }
    }

    private String cell() {
        if (at < text.length() && text.charAt(at) == '"') {
            return quoted();
        }
        int begin = at;
        while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(begin, at);
    }

    private String quoted() {
        int begin = at++;
        var cell = new StringBuilder();
        while (at < text.length()) {
            char next = text.charAt(at++);
            if (next != '"') {
                cell.append(next);
            } else if (at < text.length() && text.charAt(at) == '"') {
                cell.append('"');
                at++;
            } else {
                if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
                    throw new Refused(
                            "Character "
                                    + at
                                    + " of the CSV follows a closing quote (expected: a comma)");
                }
                return cell.toString();
            }
        }
        throw new Refused("The quote at character " + begin + " of the CSV is not closed");
    }
}
