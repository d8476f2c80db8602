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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        Map<String, Integer> members = members();
        json.end();
        Integer data = members.get("input_data");
        if (data != null) {
            json.back(data);
            return inputData();
        }
        Integer inputs = members.get("inputs");
        if (inputs != null) {
            json.back(inputs);
            if (json.peek() == '[' && protocol()) {
                json.back(inputs);
                return ofProtocol(members);
            }
        }
        throw new Refused("A value is not provided for the 'input_data' parameter.");
    }

    /** Where the value of each member begins. */
    private Map<String, Integer> members() {
        var places = new HashMap<String, Integer>();
        json.expect('{');
        for (String name = json.takeName(true); name != null; name = json.takeName(false)) {
            places.put(name, json.position());
            json.skip();
        }
        return places;
    }

    private Request inputData() {
        if (json.peek() != '{') {
            return Request.of(List.of(tensor(onlyInput())), Form.TENSORS);
        }
        int begin = json.position();
        Map<String, Integer> members = members();
        boolean named =
                model.inputs().stream().anyMatch(input -> members.containsKey(input.name()));
        if (members.containsKey("columns") && members.containsKey("data")) {
            return Request.of(split(members), Form.TABLE);
        }
        if (members.containsKey("data") && !named) {
            throw new Refused(
                    "'input_data' has 'data' and no 'columns' (expected: columns and data, or an"
                            + " array, or an object with an array for each of "
                            + inputNames()
                            + ")");
        }
        json.back(begin);
        return Request.of(tensors(), Form.TENSORS);
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

    private List<Tensor> tensors() {
        var tensors = new ArrayList<Tensor>();
        json.expect('{');
        for (String name = json.takeName(true); name != null; name = json.takeName(false)) {
            TensorInfo info = info(name);
            if (info == null) {
                throw new Refused(
                        "The model has no input '" + name + "' (expected: " + inputNames() + ")");
            }
            tensors.add(tensor(info));
        }
        return tensors;
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

    private List<Tensor> split(Map<String, Integer> members) {
        json.back(place(members, "columns"));
        List<String> columns = columns();
        int data = place(members, "data");
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

    private static int place(Map<String, Integer> members, String name) {
        Integer place = members.get(name);
        if (place == null) {
            throw new IllegalStateException(name);
        }
        return place;
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
        json.expect('[');
        return json.peek() == '{';
    }

    private Request ofProtocol(Map<String, Integer> members) {
        var inputs = new ArrayList<Tensor>();
        json.expect('[');
        for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
            inputs.add(protocolInput());
        }
        var outputs = new ArrayList<String>();
        Integer wanted = members.get("outputs");
        if (wanted != null) {
            json.back(wanted);
            json.expect('[');
            for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
                Map<String, Integer> output = members();
                int end = json.position();
                outputs.add(text(output, "name"));
                json.back(end);
            }
        }
        Integer id = members.get("id");
        if (id != null) {
            json.back(id);
        }
        return new Request(inputs, outputs, Form.PROTOCOL, id == null ? null : json.takeString());
    }

    private Tensor protocolInput() {
        Map<String, Integer> members = members();
        int end = json.position();
        String name = text(members, "name");
        String kind = text(members, "datatype");
        DataType type =
                DataType.named(kind)
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
        json.back(require(members, "shape"));
        var shape = new ArrayList<Long>();
        json.expect('[');
        for (boolean more = json.takeElement(true); more; more = json.takeElement(false)) {
            shape.add(json.takeLong());
        }
        json.back(require(members, "data"));
        var read = TensorJson.read(json, type, Nulls.REFUSED);
        json.back(end);
        long[] extents = shape.stream().mapToLong(Long::longValue).toArray();
        requireElements(name, extents, Tensor.elements(read.shape()));
        return new Tensor(name, type, extents, read.data());
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

    private String text(Map<String, Integer> members, String name) {
        json.back(require(members, name));
        return json.takeString();
    }

    private static int require(Map<String, Integer> members, String name) {
        Integer place = members.get(name);
        if (place == null) {
            throw new Refused("A tensor has no '" + name + "'");
        }
        return place;
    }
}
