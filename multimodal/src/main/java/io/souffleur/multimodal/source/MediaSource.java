package io.souffleur.multimodal.source;

/**
 * Where a picture or a video is, as clients write it.
 *
 * <pre>
 *   data:[type][;name=value]…[;base64],…    text in the request: base64 or percent-encoded
 *   http://…  https://…                     an address
 *   file:///…  or a path with the suffix    a file under the allowed folder
 *   of a picture or video
 *   anything else                           bare base64
 * </pre>
 *
 * <p>A declared type is not believed and not compared: the bytes tell what they are.
 */
public sealed interface MediaSource {
  /** Bytes that came with the request. */
  record Inline(byte[] bytes) implements MediaSource {}

  /** Bytes behind an address. */
  record Remote(FetchUrl url) implements MediaSource {}

  /**
   * Bytes in a file.
   *
   * @param path as the client wrote it, percent-decoded if it was a URL; not yet checked
   */
  record Local(String path) implements MediaSource {}

  /**
   * Reads {@code text}; decodes it at once when it is the content itself.
   *
   * @param bytesMax longest content; longer text is refused before any of it is decoded
   */
  static MediaSource parse(String text, int bytesMax) throws MediaRefused {
    String trimmed = text.strip();
    if (trimmed.isEmpty()) {
      throw MediaRefused.malformed("the source is empty");
    }
    String scheme = SourceText.scheme(trimmed);
    return switch (scheme) {
      case "data" -> new Inline(DataUrl.decode(trimmed, bytesMax));
      case "http", "https" -> new Remote(FetchUrl.parse(SourceText.named(trimmed)));
      case "file" -> new Local(SourceText.fileUrlPath(SourceText.named(trimmed)));
      case "" ->
        SourceText.isPath(trimmed)
            ? new Local(SourceText.named(trimmed))
            : new Inline(Base64Text.decode(trimmed, 0, bytesMax));
      default ->
        throw MediaRefused.forbidden(
            "the scheme " + scheme + " is not taken; data, http, https and file are");
    };
  }
}
