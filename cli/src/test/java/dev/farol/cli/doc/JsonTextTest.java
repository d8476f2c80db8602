package dev.farol.cli.doc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static Object parse(String json) {
        return JsonText.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesWhatItRead() {
        String json =
                "{\"a\":[1,2.50,true,null,\"x\\n\\\"\\u0001é\"],\"b\":{},\"c\":12345678901234}";
        assertThat(JsonText.compact(parse(json))).isEqualTo(json.replace("2.50", "2.5"));
    }

    @Test
    void indentsByTwoWithKeysInOrder() {
        assertThat(JsonText.pretty(parse("{\"b\":[],\"a\":[{}, {\"c\":1}]}")))
                .isEqualTo(
                        """
                        {
                          "a": [
                            {},
                            {
                              "c": 1
                            }
                          ],
                          "b": []
                        }\
                        """);
    }

    @Test
    void refusesWhatIsNotOneValue() {
        for (String json : List.of("", "{", "{} {}", "<html>", "{\"a\":}")) {
            assertThatThrownBy(() -> parse(json)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
