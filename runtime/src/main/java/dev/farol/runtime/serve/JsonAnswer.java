package dev.farol.runtime.serve;

import dev.farol.runtime.tensor.JsonOutput;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Writes what a model gave as JSON, in the form in which it was asked. */
final class JsonAnswer {
    private final ModelInfo model;
    private final Set<String> json;
    private final AnswerStyle style;

    /**
     * @param json the outputs whose elements are JSON texts themselves
     */
    JsonAnswer(ModelInfo model, Set<String> json, AnswerStyle style) {
        this.model = model;
        this.json = json;
        this.style = style;
    }

    ByteBuffer write(Request request, List<Tensor> outputs) {
        var out = new JsonOutput();
        if (style == AnswerStyle.BARE
                && request.form() != Request.Form.PROTOCOL
                && outputs.size() == 1) {
            whole(out, outputs.getFirst());
            return out.bytes();
        }
        switch (request.form()) {
            case TABLE -> table(out, outputs);
            case TENSORS -> tensors(out, outputs);
            case PROTOCOL -> protocol(out, request, outputs);
        }
        return out.bytes();
    }

    private void tensors(JsonOutput out, List<Tensor> outputs) {
        out.put('{');
        for (int i = 0; i < outputs.size(); i++) {
            out.ascii(i == 0 ? "" : ",").string(outputs.get(i).name()).put(':');
            whole(out, outputs.get(i));
        }
        out.put('}');
    }

    private void whole(JsonOutput out, Tensor output) {
        if (json.contains(output.name())) {
            new Cells(output, output.elements(), json).value(out);
        } else {
            TensorJson.write(output, out, null);
        }
    }

    private void table(JsonOutput out, List<Tensor> outputs) {
        if (outputs.isEmpty()) {
            out.ascii("[]");
            return;
        }
        boolean one = true;
        for (Tensor output : outputs) {
            one &= output.elements() == outputs.getFirst().elements();
        }
        boolean flat = style == AnswerStyle.MLFLOW;
        boolean rows = true;
        for (Tensor output : outputs) {
            rows &= output.shape().length > 0 && output.shape()[0] == outputs.getFirst().shape()[0];
        }
        if (!rows && !(flat && one)) {
            // No table can be made of this: as if arrays had been sent.
            tensors(out, outputs);
            return;
        }
        long count = flat && one ? outputs.getFirst().elements() : outputs.getFirst().shape()[0];
        var cells = new ArrayList<Cells>();
        for (Tensor output : outputs) {
            cells.add(new Cells(output, count, json));
        }
        out.put('[');
        for (long row = 0; row < count; row++) {
            out.ascii(row == 0 ? "{" : ",{");
            for (int i = 0; i < cells.size(); i++) {
                out.ascii(i == 0 ? "" : ",").string(outputs.get(i).name()).put(':');
                cells.get(i).next(out);
            }
            out.put('}');
        }
        out.put(']');
    }

    private void protocol(JsonOutput out, Request request, List<Tensor> outputs) {
        out.ascii("{\"model_name\":").string(model.name());
        out.ascii(",\"model_version\":").string(model.version());
        if (request.id() != null) {
            out.ascii(",\"id\":").string(request.id());
        }
        out.ascii(",\"outputs\":[");
        for (int i = 0; i < outputs.size(); i++) {
            Tensor output = outputs.get(i);
            out.ascii(i == 0 ? "" : ",").ascii("{\"name\":").string(output.name());
            out.ascii(",\"datatype\":\"" + output.type() + "\",\"shape\":");
            out.ascii(Arrays.toString(output.shape()).replace(" ", "")).ascii(",\"data\":");
            if (json.contains(output.name())) {
                new Cells(output, output.elements(), json).value(out);
            } else {
                TensorJson.writeFlat(output, out, null);
            }
            out.put('}');
        }
        out.ascii("]}");
    }

    /** An output, a row at a time. */
    private static final class Cells {
        private final Tensor output;
        private final ByteBuffer data;
        private final long[] shape;
        private final boolean texts;

        Cells(Tensor output, long rows, Set<String> json) {
            this.output = output;
            this.data = output.data();
            this.texts = json.contains(output.name());
            long[] whole = output.shape();
            this.shape =
                    rows == output.elements()
                            ? new long[0]
                            : Arrays.copyOfRange(whole, 1, whole.length);
        }

        void next(JsonOutput out) {
            if (texts) {
                text(out);
                return;
            }
            int bytes = size();
            ByteBuffer row = data.slice(data.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
            data.position(data.position() + bytes);
            TensorJson.write(new Tensor(output.name(), output.type(), shape, row), out, null);
        }

        private int size() {
            long elements = Tensor.elements(shape);
            if (output.type().size() > 0) {
                return (int) (elements * output.type().size());
            }
            int at = data.position();
            for (long i = 0; i < elements; i++) {
                at += 4 + data.getInt(at);
            }
            return at - data.position();
        }

        /** All elements, of which each is a JSON text. */
        void value(JsonOutput out) {
            if (output.shape().length == 0) {
                text(out);
                return;
            }
            out.put('[');
            for (long i = 0; i < output.elements(); i++) {
                out.ascii(i == 0 ? "" : ",");
                text(out);
            }
            out.put(']');
        }

        private void text(JsonOutput out) {
            byte[] text = new byte[data.getInt()];
            data.get(text);
            out.ascii(new String(text, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }
}
