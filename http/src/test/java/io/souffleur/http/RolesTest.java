package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who may use which route. */
class RolesTest {
  private static final List<String> ADMIN = List.of("/abort_request", "/flush_cache");

  private static HttpResponse<String> get(Served served, String path, String key) {
    HttpRequest.Builder request = served.request(path).GET();
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return served.send(request.build());
  }

  private static void assertStatus(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.request().uri() + response.body());
  }

  /** A new route has to be written down here, with its role. */
  @Test
  void everyRouteHasTheRoleThatIsWrittenDownHere() {
    Map<String, Role> expected = new TreeMap<>();
    for (String path : List.of(
        "/health",
        "/health_generate",
        "/health/live",
        "/health/ready",
        "/health/started",
        "/metrics")) {
      expected.put(path, Role.FREE);
    }
    for (String path : List.of(
        "/detokenize",
        "/generate",
        "/get_load",
        "/get_model_info",
        "/get_server_info",
        "/invocations",
        "/model_info",
        "/parse_function_call",
        "/ping",
        "/separate_reasoning",
        "/server_info",
        "/tokenize",
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/detokenize",
        "/v1/loads",
        "/v1/models",
        "/v1/models/*",
        "/v1/tokenize")) {
      expected.put(path, Role.USER);
    }
    ADMIN.forEach(path -> expected.put(path, Role.ADMIN));

    Map<String, Role> found = new TreeMap<>();
    for (Route route : Served.routes()) {
      assertFalse(found.containsKey(route.path()), route.path() + " is there twice");
      found.put(route.path(), route.role());
    }
    assertEquals(expected, found);
  }

  @Test
  void withoutKeysTheLoopbackAddressIsOpen() {
    try (Served served = new Served()) {
      assertStatus(200, get(served, "/flush_cache", ""));
      assertStatus(200, get(served, "/v1/models", ""));
    }
  }

  @Test
  void withoutKeysAdminRoutesAreClosedBeyondLoopback() {
    try (Served served = new Served("host = \"0.0.0.0\"")) {
      HttpResponse<String> refused = get(served, "/flush_cache", "");
      assertStatus(403, refused);
      assertTrue(refused.body().contains("--admin-api-key"), refused.body());
      assertStatus(403, get(served, "/flush_cache", "any"));
      assertStatus(200, get(served, "/v1/models", ""));
    }
  }

  @Test
  void theApiKeyOpensAdminRoutesWhereThereIsNoAdminKey() {
    try (Served served = new Served("host = \"0.0.0.0\", api-key = user")) {
      assertStatus(401, get(served, "/flush_cache", ""));
      assertStatus(401, get(served, "/nowhere", ""));
      assertStatus(404, get(served, "/nowhere", "user"));
      assertStatus(200, get(served, "/flush_cache", "user"));
    }
  }

  @Test
  void theAdminKeyAloneOpensAdminRoutes() {
    try (Served served = new Served("api-key = user, admin-api-key = root")) {
      assertStatus(401, get(served, "/flush_cache", ""));
      assertStatus(403, get(served, "/flush_cache", "user"));
      assertStatus(200, get(served, "/flush_cache", "root"));
      assertStatus(401, get(served, "/v1/models", "root"));
      assertStatus(200, get(served, "/v1/models", "user"));
      assertStatus(200, get(served, "/health", ""));
      assertStatus(200, get(served, "/metrics", ""));
    }
    try (Served served = new Served("admin-api-key = root")) {
      assertStatus(401, get(served, "/flush_cache", ""));
      assertStatus(200, get(served, "/v1/models", ""));
    }
  }

  @Test
  void keysAreNeverPrintedNorServed() {
    HttpSettings settings = HttpSettings.from(ConfigFactory.load())
        .withKeys(new HttpSettings.Keys(
            Optional.of(new HttpSettings.ApiKey("secret-user")),
            Optional.of(new HttpSettings.ApiKey("secret-root"))));
    assertFalse(settings.toString().contains("secret"), settings.toString());
    try (Served served = new Served("api-key = secret-user, admin-api-key = secret-root")) {
      for (String path :
          List.of("/server_info", "/model_info", "/v1/models", "/nowhere", "/metrics")) {
        assertFalse(get(served, path, "secret-user").body().contains("secret"), path);
      }
    }
  }
}
