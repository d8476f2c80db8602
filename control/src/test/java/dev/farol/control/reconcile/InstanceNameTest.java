package dev.farol.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.ResourceId;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceNameTest {
    @ParameterizedTest
    @CsvSource({
        "Credit, Blue, credit-blue-",
        "a-very-long-name-of-an-endpoint1, blue, a-very-long-name-of-an-endpoint1-blue-",
        "ab, a-very-long-name-of-a-deploymen1, ab-a-very-long-name-of-a-deploymen1-",
        "a-very-long-name-of-an-endpoint1, a-very-long-name-of-a-deploymen1,"
                + " a-very-long-name-of-a-very-long-name-of-",
    })
    void isAShortFileNameThatCanBeReadAgain(String endpoint, String deployment, String start) {
        ResourceId id =
                ResourceId.workspace("s", "g", "w")
                        .child("onlineEndpoints", endpoint)
                        .child("deployments", deployment);

        String name = InstanceName.next(id, "0123abcd", 9999, new Random());

        assertThat(name).startsWith(start).matches("[a-z0-9-]+").hasSizeLessThan(60);
        assertThat(InstanceName.read(name)).contains(new InstanceName("0123abcd", 9999));
    }
}
