package io.souffleur.multimodal.hostile;

import static io.souffleur.multimodal.hostile.Row.text;
import static io.souffleur.multimodal.source.MediaRefused.Reason.FORBIDDEN;
import static io.souffleur.multimodal.source.MediaRefused.Reason.MALFORMED;
import static io.souffleur.multimodal.source.MediaRefused.Reason.TOO_LARGE;
import static io.souffleur.multimodal.source.MediaRefused.Reason.UNREACHABLE;
import static io.souffleur.multimodal.source.MediaRefused.Reason.UNSUPPORTED;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Rows whose text is the attack: sources, addresses and paths. */
final class HostileTexts {
  private HostileTexts() {}

  static Stream<Row> rows(Path allowed) {
    return Stream.of(sources(), addresses(), names(), paths(allowed)).flatMap(List::stream);
  }

  private static String base64(String name) {
    return Base64.getEncoder().encodeToString(Pictures.sound(name));
  }

  private static List<Row> sources() {
    String png = base64("rgb.png");
    return List.of(
        text("nothing", "", MALFORMED),
        text("white space", " \n\t ", MALFORMED),
        text("a word", "picture", UNSUPPORTED),
        text("a sentence", "please look at my picture", MALFORMED),
        text("data without comma", "data:image/png;base64", MALFORMED),
        text("data without content", "data:image/png;base64,", MALFORMED),
        text("data of nothing at all", "data:,", MALFORMED),
        text("data with a comma far away", "data:" + "a".repeat(10_000) + "," + png, MALFORMED),
        text("data inside data", "data:image/png;base64,data:image/png;base64," + png, MALFORMED),
        text("address inside data", "data:image/png;base64,http://127.0.0.1/a.png", MALFORMED),
        text("base64 with a star", "data:image/png;base64,*" + png, MALFORMED),
        text("base64 with a NUL", "data:image/png;base64,\0" + png, MALFORMED),
        text("base64 with a letter of Greek", "data:image/png;base64,α" + png, MALFORMED),
        text("base64 with a full-width letter", "data:image/png;base64,Ａ" + png, MALFORMED),
        text("base64 of one character", "data:image/png;base64,a", MALFORMED),
        text("base64 with padding inside", "data:;base64,iVBO==" + png, MALFORMED),
        text("base64 of padding", "data:;base64,====", MALFORMED),
        text("base64 with too much padding", "data:;base64,iVBORw===", MALFORMED),
        text("base64 of two alphabets", "data:;base64,+_+_", MALFORMED),
        text("base64 with broken percents", "data:;base64,iVBO%2", MALFORMED),
        text("base64 of base64", "data:;base64," + twice(png), UNSUPPORTED),
        text("percents without digits", "data:image/png,%zz", MALFORMED),
        text("percent at the end", "data:image/png,%8", MALFORMED),
        text("raw bytes in data", "data:image/png,\u0089PNG", MALFORMED),
        text("html in data", "data:text/html,<script>alert(1)</script>", UNSUPPORTED),
        text("html as a png", "data:image/png,<html></html>", UNSUPPORTED),
        text("svg in data", "data:image/svg+xml;utf8,<svg/>", UNSUPPORTED),
        text("type with a line end", "data:image/png\r\nX: y;base64," + png, MALFORMED),
        text("base64 over the limit", "data:;base64," + "A".repeat(6 << 20), TOO_LARGE),
        text("bare base64 over the limit", "A".repeat(6 << 20), TOO_LARGE),
        text("percents over the limit", "data:," + "%41".repeat(6 << 20), TOO_LARGE),
        text("text over the limit", "data:," + "a".repeat(5 << 20), TOO_LARGE),
        text("bare base64 with a colon", png + ":", MALFORMED),
        text("cut bare base64", png.substring(0, 41), MALFORMED));
  }

  private static String twice(String base64) {
    return Base64.getEncoder().encodeToString(Pictures.text(base64));
  }

  /** None of these reaches a socket. */
  private static List<Row> addresses() {
    return Stream.of(
            text("ftp", "ftp://example.com/a.png", FORBIDDEN),
            text("gopher", "gopher://127.0.0.1:6379/_INFO", FORBIDDEN),
            text("javascript", "javascript:alert(1)", FORBIDDEN),
            text("jar", "jar:http://example.com/a.jar!/a.png", FORBIDDEN),
            text("dict", "dict://127.0.0.1:11211/stats", FORBIDDEN),
            text("ldap", "ldap://127.0.0.1/x", FORBIDDEN),
            text("websocket", "ws://127.0.0.1/a.png", FORBIDDEN),
            text("blob", "blob:http://example.com/7", FORBIDDEN),
            text("netdoc", "netdoc:///etc/passwd", FORBIDDEN),
            text("drive letter", "c:\\pictures\\a.png", FORBIDDEN),
            text("no host", "http:///a.png", MALFORMED),
            text("one slash", "http:/example.com/a.png", MALFORMED),
            text("no slash", "http:example.com", MALFORMED),
            text("backslash", "http://example.com\\@127.0.0.1/", MALFORMED),
            text("backslashes", "http:\\\\127.0.0.1\\a.png", MALFORMED),
            text("user name", "http://root@203.0.113.1/", FORBIDDEN),
            text("password", "https://user:secret@example.com/a.png", FORBIDDEN),
            text("host in the user name", "http://example.com@127.0.0.1/", FORBIDDEN),
            text("host behind a hash", "http://127.0.0.1#@example.com/", FORBIDDEN),
            text("line end in the path", "http://example.com/a\r\nHost: b/a.png", MALFORMED),
            text("line end in the host", "http://example.com\r\n.b/a.png", MALFORMED),
            text("NUL in the path", "http://example.com/a\0.png", MALFORMED),
            text("tab in the host", "http://exam\tple.com/", MALFORMED),
            text("percent in the host", "http://127.0.0%2e1/", MALFORMED),
            text("letters of other scripts", "http://ex\u0430mple.com/", MALFORMED),
            text("full stops of other scripts", "http://127\u30020\u30020\u30021/", MALFORMED),
            text(
                "numbers in circles", "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", MALFORMED),
            text("port 0", "http://example.com:0/", MALFORMED),
            text("port 65536", "http://example.com:65536/", MALFORMED),
            text("port of words", "http://example.com:http/", MALFORMED),
            text("port -1", "http://example.com:-1/", MALFORMED),
            text("empty port", "http://example.com:/", MALFORMED),
            text("number as a host", "http://2130706433/", MALFORMED),
            text("hexadecimal host", "http://0x7f000001/", MALFORMED),
            text("hexadecimal part", "http://0x7f.0.0.1/", MALFORMED),
            text("octal host", "http://0177.0.0.1/", MALFORMED),
            text("host of two parts", "http://127.1/", MALFORMED),
            text("host of five parts", "http://127.0.0.0.1/", MALFORMED),
            text("part over 255", "http://127.0.0.256/", MALFORMED),
            text("empty label", "http://example..com/", MALFORMED),
            text("label of 64", "http://" + "a".repeat(64) + ".com/", MALFORMED),
            text("host of 300", "http://" + "a.".repeat(150) + "com/", MALFORMED),
            text("host with a space", "http://exa mple.com/", MALFORMED),
            text("bracket without end", "http://[::1/", MALFORMED),
            text("zone in the address", "http://[fe80::1%25eth0]/", MALFORMED),
            text("no address in brackets", "http://[example]/", MALFORMED),
            text("too long an address", "http://example.com/" + "a".repeat(9_000), TOO_LARGE),
            text("port of a mail server", "http://93.184.215.14:25/", FORBIDDEN),
            text("port of a cache", "http://93.184.215.14:6379/", FORBIDDEN),
            refused("http://0.0.0.0/"),
            refused("http://127.0.0.1/"),
            refused("http://127.8.8.8/"),
            refused("https://10.0.0.1/"),
            refused("http://100.64.0.1/"),
            refused("http://169.254.169.254/latest/meta-data/"),
            refused("http://172.16.0.1/"),
            refused("http://172.31.255.255/"),
            refused("http://192.0.0.8/"),
            refused("http://192.0.2.1/"),
            refused("http://192.88.99.1/"),
            refused("http://192.168.1.1/"),
            refused("http://198.18.0.1/"),
            refused("http://198.51.100.7/"),
            refused("http://203.0.113.9/"),
            refused("http://224.0.0.1/"),
            refused("http://239.255.255.250/"),
            refused("http://240.0.0.1/"),
            refused("http://255.255.255.255/"),
            refused("http://127.0.0.1./"),
            refused("http://[::]/"),
            refused("http://[::1]/"),
            refused("http://[::ffff:127.0.0.1]/"),
            refused("http://[::ffff:7f00:1]/"),
            refused("http://[::ffff:a9fe:a9fe]/"),
            refused("http://[::127.0.0.1]/"),
            refused("http://[64:ff9b::7f00:1]/"),
            refused("http://[64:ff9b::8.8.8.8]/"),
            refused("http://[64:ff9b:1::1]/"),
            refused("http://[2002:7f00:1::]/"),
            refused("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/"),
            refused("http://[2001:db8::1]/"),
            refused("http://[2001:10::1]/"),
            refused("http://[3fff::1]/"),
            refused("http://[2a00::200:5efe:7f00:1]/"),
            refused("http://[fc00::1]/"),
            refused("http://[fd12:3456::1]/"),
            refused("http://[fe80::1]/"),
            refused("http://[fec0::1]/"),
            refused("http://[ff02::1]/"),
            refused("http://[100::1]/"),
            refused("http://[5f00::1]/"))
        .toList();
  }

  private static Row refused(String address) {
    return text(address, address, FORBIDDEN);
  }

  /** Names that the test's resolver knows. */
  private static List<Row> names() {
    return List.of(
        refused("http://loopback.test/a.png"),
        refused("http://private.test/a.png"),
        refused("http://metadata.test/a.png"),
        refused("http://mapped.test/a.png"),
        refused("http://unique-local.test/a.png"),
        text("name of two worlds", "http://mixed.test/a.png", FORBIDDEN),
        text("name that turns private", "http://turning.test/a.png", FORBIDDEN, UNREACHABLE),
        text("name without address", "http://empty.test/a.png", UNREACHABLE),
        text("unknown name", "http://unknown.test/a.png", UNREACHABLE),
        text("name that breaks the resolver", "http://broken.test/a.png", UNREACHABLE));
  }

  private static List<Row> paths(Path allowed) {
    return List.of(
        text("path elsewhere", "/etc/passwd.png", FORBIDDEN),
        text("file URL elsewhere", "file:///etc/passwd", FORBIDDEN),
        text("path upwards", allowed + "/../../etc/passwd.png", FORBIDDEN),
        text("escaped path upwards", "file://" + allowed + "/%2e%2e/%2e%2e/etc/passwd", FORBIDDEN),
        text("relative path upwards", "../../secret.png", FORBIDDEN),
        text("sibling with the same start", allowed + "-other/a.png", FORBIDDEN),
        text("file URL with a host", "file://evil.test" + allowed + "/sound.png", FORBIDDEN),
        text("file URL with a query", "file://" + allowed + "/sound.png?x", MALFORMED),
        text("file URL without a path", "file://", MALFORMED),
        text("file URL with a NUL", "file://" + allowed + "/sound.png%00.png", MALFORMED),
        text("file URL that is not UTF-8", "file://" + allowed + "/%ff.png", MALFORMED),
        text("device", "file:///dev/zero", FORBIDDEN),
        text("process's memory", "file:///proc/self/environ", FORBIDDEN),
        text("file that is missing", allowed + "/missing.png", UNREACHABLE),
        text("folder", allowed + "/folder.png", FORBIDDEN),
        text("pipe", allowed + "/pipe.png", FORBIDDEN),
        text("link out of the folder", allowed + "/link.png", FORBIDDEN),
        text("link to a device", allowed + "/device.png", FORBIDDEN),
        text("link to itself", allowed + "/loop.png", UNREACHABLE),
        text("folder that is a link", allowed + "/outside/secret.png", FORBIDDEN),
        text("file over the limit", allowed + "/large.png", TOO_LARGE),
        text("sparse file of 1 TB", allowed + "/sparse.png", TOO_LARGE),
        text("empty file", allowed + "/empty.png", MALFORMED),
        text("html under a picture's name", allowed + "/html.png", UNSUPPORTED));
  }
}
