package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.JsonOutput;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes outputs as {@code text/csv}: a line for each row, a column for each value of it; an output
 * of several values a row gives columns {@code name_0}, {@code name_1} and so on.
 */
final class CsvAnswer {
    private CsvAnswer() {}

    static ByteBuffer write(List<Tensor> outputs) {
        var lines = new ArrayList<StringBuilder>();
        lines.add(new StringBuilder());
        long rows = rows(outputs);
        for (int i = 0; i < outputs.size(); i++) {
            column(lines, outputs.get(i), i == 0, rows);
        }
        return ByteBuffer.wrap(
                (String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    static long rows(List<Tensor> outputs) {
        for (Tensor output : outputs) {
            if (output.shape().length == 0 || output.shape()[0] != outputs.getFirst().shape()[0]) {
                throw new Refused(
                        406,
                        "The outputs are no table: they have not one row each for every row that"
                                + " was sent (expected: Accept: application/json)");
            }
        }
        return outputs.isEmpty() ? 0 : outputs.getFirst().shape()[0];
    }

    private static void column(List<StringBuilder> lines, Tensor output, boolean first, long rows) {
        long width = rows == 0 ? 1 : output.elements() / rows;
        for (long i = 0; i < width; i++) {
            lines.getFirst()
                    .append(first && i == 0 ? "" : ",")
                    .append(quoted(width == 1 ? output.name() : output.name() + "_" + i));
        }
        ByteBuffer data = output.data();
        for (int row = 1; row <= rows; row++) {
            if (lines.size() <= row) {
                lines.add(new StringBuilder());
            }
            for (long i = 0; i < width; i++) {
                lines.get(row).append(first && i == 0 ? "" : ",").append(value(output, data));
            }
        }
    }

    private static String value(Tensor output, ByteBuffer data) {
        if (output.type() == DataType.BYTES) {
            byte[] text = new byte[data.getInt()];
            data.get(text);
            return quoted(new String(text, StandardCharsets.UTF_8));
        }
        int size = output.type().size();
        ByteBuffer one = data.slice(data.position(), size).order(ByteOrder.LITTLE_ENDIAN);
        data.position(data.position() + size);
        var json = new JsonOutput();
        TensorJson.write(new Tensor(output.name(), output.type(), new long[0], one), json, "");
        return StandardCharsets.UTF_8.decode(json.bytes()).toString();
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
        return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
