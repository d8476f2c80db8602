package dev.farol.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.serve.Request.Form;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.JsonOutput;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonBodyTest {
    private static final ModelInfo IRIS =
            model(new TensorInfo("X", DataType.FP32, List.of(-1L, 2L)));
    private static final ModelInfo MIXED =
            model(
                    new TensorInfo("age", DataType.INT64, List.of(-1L, 1L)),
                    new TensorInfo("city", DataType.BYTES, List.of(-1L)));

    private static ModelInfo model(TensorInfo... inputs) {
        return new ModelInfo(
                "m",
                "1",
                "p",
                List.of(inputs),
                List.of(new TensorInfo("y", DataType.FP32, List.of(-1L))));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Request read(ModelInfo model, String body, String... signature) {
        return JsonBody.read(model, List.of(signature), utf8(body));
    }

    private static String told(Request request) {
        var out = new StringBuilder();
        for (Tensor input : request.inputs()) {
            var json = new JsonOutput();
            TensorJson.write(input, json, null);
            out.append(input.name())
                    .append('=')
                    .append(StandardCharsets.UTF_8.decode(json.bytes()))
                    .append(' ');
        }
        return out.toString().strip().replace('"', '\'');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'input_data':[[1,2],[3.5,-4e2]]}|TENSORS|X=[[1.0,2.0],[3.5,-400.0]]",
                "{'params':{},'input_data':{'X':[[1,2]]},'else':[]}|TENSORS|X=[[1.0,2.0]]",
                "{'input_data':[]}|TENSORS|X=[]",
                "{'input_data':[[NaN,Infinity]]}|TENSORS|X=[[NaN,Infinity]]",
                "{'input_data':{'columns':['a','b'],'data':[[1,2],[3,4]]}}|TABLE|X=[[1.0,2.0],[3.0,4.0]]",
                "{'input_data':{'data':[[1,2]],'index':[7],'columns':['a','b']}}|TABLE|X=[[1.0,2.0]]",
                "{'input_data':{'columns':['a','b'],'data':[['1','2.5'],[null,true]]}}|TABLE|X=[[1.0,2.5],[NaN,1.0]]",
                "{'input_data':{'columns':['X'],'data':[[[1,2]],[[3,4]]]}}|TABLE|X=[[1.0,2.0],[3.0,4.0]]",
                "{'input_data':{'columns':['a','b'],'data':[]}}|TABLE|X=[]",
                "{'inputs':[{'name':'X','datatype':'FP32','shape':[1,2],'data':[1,2]}],'id':'q'}|PROTOCOL|X=[[1.0,2.0]]",
            })
    void everyFormOfARequestIsRead(String body, Form form, String wanted) {
        Request request = read(IRIS, body);
        assertThat(request.form()).isEqualTo(form);
        assertThat(told(request)).isEqualTo(wanted);
    }

    @Test
    void columnsGoWhereTheSignatureSays() {
        assertThat(
                        told(
                                read(
                                        IRIS,
                                        "{'input_data':{'columns':['b','x','a'],'data':[[1,'?',2],[3,9,4]]}}",
                                        "a",
                                        "b")))
                .isEqualTo("X=[[2.0,1.0],[4.0,3.0]]");
        assertThatThrownBy(
                        () -> read(IRIS, "{'input_data':{'columns':['a'],'data':[[1]]}}", "a", "b"))
                .hasMessage("The column 'b' is missing (expected: [a, b], given: [a])");
    }

    /** As pandas has them; where they are sought by name, one that is there twice is a mistake. */
    @Test
    void columnsOfOneNameAreToldApartByTheirPlace() {
        String body = "{'input_data':{'columns':['a','a'],'data':[[1,2],[3,4]]}}";
        assertThat(told(read(IRIS, body))).isEqualTo("X=[[1.0,2.0],[3.0,4.0]]");
        String mixed = body.replace("[1,2]", "['1',2.0]");
        assertThat(told(read(IRIS, mixed))).isEqualTo("X=[[1.0,2.0],[3.0,4.0]]");
        assertThatThrownBy(() -> read(IRIS, body, "a", "b"))
                .isInstanceOf(Refused.class)
                .hasMessage("The column 'a' is given twice (given: [a, a])");
        assertThatThrownBy(
                        () ->
                                read(
                                        MIXED,
                                        "{'input_data':{'columns':['age','city','age'],'data':[[1,'x',2]]}}"))
                .isInstanceOf(Refused.class)
                .hasMessage("The column 'age' is given twice (given: [age, city, age])");
    }

    @Test
    void columnsGoToInputsOfTheirNames() {
        assertThat(
                        told(
                                read(
                                        MIXED,
                                        "{'input_data':{'columns':['city','id','age'],'data':[['Paris',1,'30'],['Bonn',2,31.0]]}}")))
                .isEqualTo("age=[[30],[31]] city=['Paris','Bonn']");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|POST body is empty. Expecting a JSON dictionary.",
                "[1]|POST body should be a JSON dictionary.",
                "{|POST body could not be decoded as JSON: byte 1",
                "{'input_data':[[1,2]]} x|POST body could not be decoded as JSON",
                "{}|A value is not provided for the 'input_data' parameter.",
                "{'dataframe_split':{}}|A value is not provided for the 'input_data' parameter.",
                "{'inputs':[[1,2]]}|A value is not provided for the 'input_data' parameter.",
                "{'input_data':{'data':[[1,2]]}}|'input_data' has 'data' and no 'columns'",
                "{'input_data':{'Y':[[1,2]]}}|The model has no input 'Y' (expected: [X])",
                "{'input_data':[{'a':1}]}|Input 'X': byte 15 of the JSON: expected a number",
                "{'input_data':[[1,2],[3]]}|Input 'X': byte 24 of the JSON: an array of 1",
                "{'input_data':{'columns':['a','b'],'data':[[1,2],[3]]}}|Row 1 holds 1 values (expected: 2,",
                "{'input_data':{'columns':['a','b'],'data':[[1,2,3]]}}|Row 0 holds 3 values (expected: 2,",
                "{'input_data':{'columns':['a','b'],'data':[[1,2],[3,4,5,6]]}}|Row 1 holds 4 values (expected: 2,",
                "{'input_data':{'data':[[1]],'columns':[]}}|Row 0 holds 1 values (expected: 0,",
                "{'input_data':[[1,2|Input 'X': byte 19 of the JSON: it ends, expected",
                "\uFEFF{'input_data':[[1,2]]}|POST body could not be decoded as JSON: byte 0 of the JSON: expected",
                "{'input_data':[[1,2]]}\u00A0|POST body could not be decoded as JSON: byte 22 of the JSON: something after the end",
                "{'input_data':{'columns':['a','b'],'data':[[1,'x']]}}|'b' holds x (expected: a number, for FP32)",
                "{'input_data':{'columns':['a','b'],'data':7}}|'data' is no list",
                "{'inputs':[{'name':'X','datatype':'FP32','shape':[2,2],'data':[1,2]}]}|Input 'X' holds 2 elements (expected: 4,",
                "{'inputs':[{'name':'X','datatype':'FLOAT','shape':[1],'data':[1]}]}|Input 'X' has the datatype FLOAT (expected one of:",
                "{'inputs':[{'name':'X','datatype':'FP32','shape':[-1],'data':[1]}]}|Input 'X' has the shape [-1], which is none",
                "{'inputs':[{'name':'X','datatype':'FP32','shape':[1099511627776,1099511627776],'data':[1]}]}|Input 'X' has the shape",
            })
    void whatIsWrongIsToldByName(String body, String message) {
        assertThatThrownBy(() -> read(IRIS, body))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void anArrayNeedsAModelOfOneInput() {
        assertThatThrownBy(() -> read(MIXED, "{'input_data':[[1,2]]}"))
                .hasMessageContaining("the model has 2 inputs");
    }

    @Test
    void wholeNumbersKeepTheirDigits() {
        var model = model(new TensorInfo("n", DataType.INT64, List.of(-1L)));
        String body = "{'input_data':{'columns':['n'],'data':[[9007199254740993],['1.0']]}}";
        assertThat(told(read(model, body))).isEqualTo("n=[9007199254740993,1]");
        assertThatThrownBy(() -> read(model, "{'input_data':{'columns':['n'],'data':[['1.5']]}}"))
                .hasMessage("'n' holds 1.5 (expected: a whole number that INT64 holds)");
    }

    private static String answer(AnswerStyle style, Form form, Tensor... outputs) {
        var request = new Request(List.of(), List.of(), form, null);
        ByteBuffer json = new JsonAnswer(IRIS, Set.of("p"), style).write(request, List.of(outputs));
        return StandardCharsets.UTF_8.decode(json).toString().replace('"', '\'');
    }

    private static Tensor read(String name, DataType type, String json) {
        var read =
                TensorJson.read(
                        new dev.farol.runtime.tensor.JsonInput(utf8(json)),
                        type,
                        TensorJson.Nulls.NAN);
        return new Tensor(name, type, read.shape(), read.data());
    }

    @Test
    void answersHaveTheFormOfTheirQuestion() {
        Tensor label = read("label", DataType.INT64, "[1,2]");
        Tensor scores = read("scores", DataType.FP32, "[[0.5,NaN],[1,2]]");
        assertThat(answer(AnswerStyle.MLFLOW, Form.TENSORS, label, scores))
                .isEqualTo("{'label':[1,2],'scores':[[0.5,NaN],[1.0,2.0]]}");
        assertThat(answer(AnswerStyle.MLFLOW, Form.TABLE, label))
                .isEqualTo("[{'label':1},{'label':2}]");
        assertThat(answer(AnswerStyle.MLFLOW, Form.TABLE, label, scores))
                .isEqualTo("[{'label':1,'scores':[0.5,NaN]},{'label':2,'scores':[1.0,2.0]}]");
        // As MLflow has it, a lone matrix becomes one column; without MLflow a row stays one.
        assertThat(answer(AnswerStyle.MLFLOW, Form.TABLE, scores))
                .isEqualTo("[{'scores':0.5},{'scores':NaN},{'scores':1.0},{'scores':2.0}]");
        assertThat(answer(AnswerStyle.NAMED, Form.TABLE, scores))
                .isEqualTo("[{'scores':[0.5,NaN]},{'scores':[1.0,2.0]}]");
        Tensor maps = read("p", DataType.BYTES, "['{}','{}']");
        assertThat(answer(AnswerStyle.MLFLOW, Form.TABLE, label, maps))
                .isEqualTo("[{'label':1,'p':{}},{'label':2,'p':{}}]");
        assertThat(answer(AnswerStyle.BARE, Form.TABLE, label)).isEqualTo("[1,2]");
        assertThat(answer(AnswerStyle.BARE, Form.TENSORS, label)).isEqualTo("[1,2]");
        assertThat(answer(AnswerStyle.BARE, Form.PROTOCOL, label)).contains("'data':[1,2]");
        assertThat(answer(AnswerStyle.MLFLOW, Form.TENSORS, maps)).isEqualTo("{'p':[{},{}]}");
    }
}
