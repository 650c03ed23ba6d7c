package io.souffleur.tokenizer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** JSON test resources as the plain trees that templates take. */
public final class Trees {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Trees() {}

  /** A resource beside {@code anchor}. */
  public static Map<String, Object> read(Class<?> anchor, String name) {
    try (InputStream in = anchor.getResourceAsStream(name)) {
      return JSON.readValue(in, new TypeReference<>() {});
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  public static String text(Class<?> anchor, String name) {
    try (InputStream in = anchor.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @SuppressWarnings("unchecked")
  public static List<Map<String, Object>> rows(Map<String, Object> tree) {
    return (List<Map<String, Object>>) tree.get("rows");
  }

  @SuppressWarnings("unchecked")
  public static Map<String, Object> map(Object tree) {
    return (Map<String, Object>) tree;
  }

  public static List<?> list(Object tree) {
    return tree == null ? List.of() : (List<?>) tree;
  }
}
