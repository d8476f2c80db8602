package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressTest {
    @Test
    void readsTheEndpointFromThePath() {
        assertThat(Address.of("127.0.0.1:8080", "/api/v1/endpoint/Shop/score"))
                .isEqualTo(new Address("shop", false, "/score", true));
        assertThat(Address.of("", "/api/v1/endpoint/shop/v2/models/a:predict"))
                .isEqualTo(new Address("shop", false, "/v2/models/a:predict", false));
        assertThat(Address.of("h", "/api/v1/endpoint/shop"))
                .isEqualTo(new Address("shop", false, "/", false));
    }

    @Test
    void readsTheEndpointFromTheHost() {
        var address = new Address("shop.local", true, "/any/path", false);
        assertThat(Address.of("shop.local.inference.example.org", "/any/path")).isEqualTo(address);
        assertThat(Address.of("SHOP.Local.Inference.ml:8443", "/any/path")).isEqualTo(address);
    }

    @Test
    void everythingElseIsTheGatewayItself() {
        assertThat(Address.of("localhost", "/")).isNull();
        assertThat(Address.of("localhost", "/score")).isNull();
        assertThat(Address.of("shop.local.inference.", "/x")).isNull();
        assertThat(Address.of(".inference.example", "/x")).isNull();
        assertThat(Address.of("h", "/api/v1/endpoint/")).isNull();
        assertThat(Address.of("h", "/API/v1/endpoint/shop/score")).isNull();
    }
}
