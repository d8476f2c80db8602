package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Form;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.JsonInput;
import dev.farol.runtime.tensor.MalformedJson;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorJson;
import dev.farol.runtime.tensor.TensorJson.Nulls;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies that a model takes as JSON: {@code input_data} in the forms of Azure ML's MLflow
 * servers (contracts §5.7), or a request of the Open Inference Protocol.
 */
final class JsonBody {
    private final ModelInfo model;
    private final List<String> signature;
    private final ByteBuffer body;
    private final JsonInput json;

    private JsonBody(ModelInfo model, List<String> signature, ByteBuffer body) {
        this.model = model;
        this.signature = signature;
        this.body = body;
        this.json = new JsonInput(body);
    }

    /**
     * @param signature the names of the columns; empty when the model names none
     * @throws Refused when it is not what the model takes
     */
    static Request read(ModelInfo model, List<String> signature, ByteBuffer body) {
        if (!body.hasRemaining()) {
            throw new Refused("POST body is empty. Expecting a JSON dictionary.");
        }
        try {
            return new JsonBody(model, signature, body).read();
        } catch (MalformedJson fault) {
            throw new Refused("POST body could not be decoded as JSON: " + fault.getMessage());
        } catch (TensorBuilder.Misfit misfit) {
            throw new Refused(String.valueOf(misfit.getMessage()));
        }
    }

    private Request read() {
        if (json.peek() != '{') {
            json.skip();
            json.end();
            throw new Refused("POST body should be a JSON dictionary.");
        }
        Request given = null;
        List<Tensor> inputs = null;
        List<String> outputs = List.of();
        String id = null;
        json.expect('{');
        for (String name = json.takeName(true); name != null; name = json.takeName(false)) {
            if (name.equals("input_data")) {
                given = inputData();
            } else if (name.equals("inputs") && protocol()) {
                inputs = protocolInputs();
            } else if (name.equals("outputs") && json.peek() == '[') {
                outputs = protocolOutputs();
            } else if (name.equals("id") && json.peek() == '"') {
                id = json.takeString();
            } else {
                json.skip();
            }
        }
        json.end();
        if (given != null) {
            return given;
        }
        if (inputs != null) {
            return new Request(inputs, outputs, Form.PROTOCOL, id);
        }
        throw new Refused("A value is not provided for the 'input_data' parameter.");
    }

    private Request inputData() {
        if (json.peek() != '{') {
            return Request.of(List.of(tensor(onlyInput())), Form.TENSORS);
        }
        List<Tensor> table = null;
        List<String> columns = null;
        var tensors = new ArrayList<Tensor>();
        String unknown = null;
        int data = -1;
        json.expect('{');
        for (String name = json.takeName(true); name != null; name = json.takeName(false)) {
            TensorInfo input = info(name);
            if (input != null) {
                tensors.add(tensor(input));
            } else if (name.equals("columns")) {
                columns = columns();
            } else if (name.equals("data") && columns != null) {
                table = split(columns);
            } else if (name.equals("data")) {
                data = json.position();
                json.pass();
            } else {
                unknown = unknown == null ? name : unknown;
                json.skip();
            }
        }
        if (data >= 0 && columns != null) {
            int end = json.position();
            json.back(data);
            table = split(columns);
            json.back(end);
        }
        if (table != null) {
            return Request.of(table, Form.TABLE);
        }
        if (data >= 0 && tensors.isEmpty()) {
            throw new Refused(
                    "'input_data' has 'data' and no 'columns' (expected: columns and data, or an"
                            + " array, or an object with an array for each of "
                            + inputNames()
                            + ")");
        }
        String stranger = data >= 0 ? "data" : columns != null ? "columns" : unknown;
        if (stranger != null) {
            throw new Refused(
                    "The model has no input '" + stranger + "' (expected: " + inputNames() + ")");
        }
        return Request.of(tensors, Form.TENSORS);
    }

    private List<String> inputNames() {
        return model.inputs().stream().map(TensorInfo::name).toList();
    }

    private TensorInfo onlyInput() {
        if (model.inputs().size() != 1) {
            throw new Refused(
                    "'input_data' is an array, and the model has "
                            + model.inputs().size()
                            + " inputs (expected: an object with an array for each of "
                            + inputNames()
                            + ")");
        }
        return model.inputs().getFirst();
    }

    private @Nullable TensorInfo info(String name) {
        for (TensorInfo input : model.inputs()) {
            if (input.name().equals(name)) {
                return input;
            }
        }
        return null;
    }

    private Tensor tensor(TensorInfo info) {
        try {
            var read = TensorJson.read(json, info.type(), Nulls.NAN);
            return new Tensor(info.name(), info.type(), read.shape(), read.data());
        } catch (MalformedJson fault) {
            throw new Refused("Input '" + info.name() + "': " + fault.getMessage());
        }
    }

    private List<Tensor> split(List<String> columns) {
        int data = json.position();
        List<Tensor> cells = nestedCells(columns, data);
        if (cells != null) {
            return cells;
        }
        var table = new Table(model, signature, columns);
        if (table.straight()) {
            TensorInfo input = model.inputs().getFirst();
            json.back(data);
            try {
                var read = TensorJson.read(json, input.type(), Nulls.NAN);
                long[] shape = read.shape();
                if (shape.length == 2 && shape[1] == columns.size()) {
                    return List.of(
                            new Tensor(
                                    input.name(),
                                    input.type(),
                                    input.shape().size() == 1 && shape[1] == 1
                                            ? new long[] {shape[0]}
                                            : shape,
                                    read.data()));
                }
            } catch (MalformedJson notPlain) {
                // Numbers as strings, or whole ones as 1.0: taken below, a value at a time.
                json.back(data);
            }
        }
        json.back(data);
        return rows(table);
    }

    private List<String> columns() {
        var names = new ArrayList<String>();
        if (!json.take('[')) {
            throw new Refused("'columns' is no list (expected: the names of the columns)");
        }
        for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
            if (json.peek() == '"') {
                names.add(json.takeString());
            } else {
                names.add(Long.toString(json.takeLong()));
            }
        }
        return names;
    }

    /** Of one column whose cells are arrays: the input of that name, a row of it in each cell. */
    private @Nullable List<Tensor> nestedCells(List<String> columns, int data) {
        TensorInfo input = columns.size() == 1 ? info(columns.getFirst()) : null;
        if (input == null || model.inputs().size() != 1) {
            return null;
        }
        json.back(data);
        try {
            var read = TensorJson.read(json, input.type(), Nulls.NAN);
            long[] shape = read.shape();
            if (shape.length == input.shape().size() + 1 && shape[1] == 1) {
                long[] inner = new long[shape.length - 1];
                inner[0] = shape[0];
                System.arraycopy(shape, 2, inner, 1, inner.length - 1);
                return List.of(new Tensor(input.name(), input.type(), inner, read.data()));
            }
        } catch (MalformedJson plain) {
            json.back(data);
        }
        return null;
    }

    private List<Tensor> rows(Table table) {
        if (!json.take('[')) {
            throw new Refused("'data' is no list (expected: a list of rows)");
        }
        for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
            if (!json.take('[')) {
                throw new Refused(
                        "'data' holds a row that is no list (expected: a list of values)");
            }
            int cells = 0;
            for (boolean next = json.takeElement(true); next; next = json.takeElement(false)) {
                TensorBuilder cell = table.cell(cells);
                if (cell == null) {
                    json.skip();
                } else {
                    cell.add(json, body);
                }
                cells++;
            }
            table.endRow(cells);
        }
        return table.tensors();
    }

    /** Whether {@code inputs} is a list of objects, as the Open Inference Protocol has it. */
    private boolean protocol() {
        int begin = json.position();
        boolean objects = json.take('[') && json.peek() == '{';
        json.back(begin);
        return objects;
    }

    private List<Tensor> protocolInputs() {
        var inputs = new ArrayList<Tensor>();
        json.expect('[');
        for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
            inputs.add(protocolInput());
        }
        return inputs;
    }

    private List<String> protocolOutputs() {
        var outputs = new ArrayList<String>();
        json.expect('[');
        for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
            String wanted = null;
            json.expect('{');
            for (String key = json.takeName(true); key != null; key = json.takeName(false)) {
                if (key.equals("name")) {
                    wanted = json.takeString();
                } else {
                    json.skip();
                }
            }
            outputs.add(required(wanted, "name"));
        }
        return outputs;
    }

    private Tensor protocolInput() {
        String name = null;
        String kind = null;
        long[] shape = null;
        TensorJson.Elements read = null;
        int data = -1;
        json.expect('{');
        for (String key = json.takeName(true); key != null; key = json.takeName(false)) {
            switch (key) {
                case "name" -> name = json.takeString();
                case "datatype" -> kind = json.takeString();
                case "shape" -> shape = extents();
                case "data" -> {
                    if (name != null && kind != null) {
                        read = TensorJson.read(json, type(name, kind), Nulls.REFUSED);
                    } else {
                        data = json.position();
                        json.pass();
                    }
                }
                default -> json.skip();
            }
        }
        String called = required(name, "name");
        DataType type = type(called, required(kind, "datatype"));
        long[] extents = required(shape, "shape");
        if (read == null) {
            int end = json.position();
            json.back(required(data < 0 ? null : data, "data"));
            read = TensorJson.read(json, type, Nulls.REFUSED);
            json.back(end);
        }
        requireElements(called, extents, Tensor.elements(read.shape()));
        return new Tensor(called, type, extents, read.data());
    }

    private static <T> T required(@Nullable T value, String name) {
        if (value == null) {
            throw new Refused("A tensor has no '" + name + "'");
        }
        return value;
    }

    private static DataType type(String name, String kind) {
        return DataType.named(kind)
                .orElseThrow(
                        () ->
                                new Refused(
                                        "Input '"
                                                + name
                                                + "' has the datatype "
                                                + kind
                                                + " (expected one of: "
                                                + Arrays.toString(DataType.values())
                                                + ")"));
    }

    private long[] extents() {
        var shape = new ArrayList<Long>();
        json.expect('[');
        for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
            shape.add(json.takeLong());
        }
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private static void requireElements(String name, long[] shape, long given) {
        long expected;
        try {
            expected = Tensor.elements(shape);
        } catch (IllegalArgumentException | ArithmeticException none) {
            throw new Refused(
                    "Input '"
                            + name
                            + "' has the shape "
                            + Arrays.toString(shape)
                            + ", which is none");
        }
        if (expected != given) {
            throw new Refused(
                    "Input '"
                            + name
                            + "' holds "
                            + given
                            + " elements (expected: "
                            + expected
                            + ", for the shape "
                            + Arrays.toString(shape)
                            + ")");
        }
    }
}
