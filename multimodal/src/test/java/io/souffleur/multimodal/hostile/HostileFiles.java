package io.souffleur.multimodal.hostile;

import static io.souffleur.multimodal.hostile.Pictures.animationFrame;
import static io.souffleur.multimodal.hostile.Pictures.big;
import static io.souffleur.multimodal.hostile.Pictures.bmp;
import static io.souffleur.multimodal.hostile.Pictures.bytes;
import static io.souffleur.multimodal.hostile.Pictures.canvas;
import static io.souffleur.multimodal.hostile.Pictures.chunk;
import static io.souffleur.multimodal.hostile.Pictures.deflatedZeros;
import static io.souffleur.multimodal.hostile.Pictures.end;
import static io.souffleur.multimodal.hostile.Pictures.frame;
import static io.souffleur.multimodal.hostile.Pictures.gif;
import static io.souffleur.multimodal.hostile.Pictures.gifFrame;
import static io.souffleur.multimodal.hostile.Pictures.gifPixel;
import static io.souffleur.multimodal.hostile.Pictures.greyPng;
import static io.souffleur.multimodal.hostile.Pictures.header;
import static io.souffleur.multimodal.hostile.Pictures.join;
import static io.souffleur.multimodal.hostile.Pictures.jpeg;
import static io.souffleur.multimodal.hostile.Pictures.jpegWith;
import static io.souffleur.multimodal.hostile.Pictures.jpegWithFrame;
import static io.souffleur.multimodal.hostile.Pictures.lossless;
import static io.souffleur.multimodal.hostile.Pictures.lossy;
import static io.souffleur.multimodal.hostile.Pictures.palettePng;
import static io.souffleur.multimodal.hostile.Pictures.png;
import static io.souffleur.multimodal.hostile.Pictures.repeated;
import static io.souffleur.multimodal.hostile.Pictures.riff;
import static io.souffleur.multimodal.hostile.Pictures.segment;
import static io.souffleur.multimodal.hostile.Pictures.sound;
import static io.souffleur.multimodal.hostile.Pictures.text;
import static io.souffleur.multimodal.hostile.Pictures.webp;
import static io.souffleur.multimodal.hostile.Row.file;
import static io.souffleur.multimodal.source.MediaRefused.Reason.MALFORMED;
import static io.souffleur.multimodal.source.MediaRefused.Reason.TIMEOUT;
import static io.souffleur.multimodal.source.MediaRefused.Reason.TOO_LARGE;
import static io.souffleur.multimodal.source.MediaRefused.Reason.UNSUPPORTED;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Rows whose bytes are the attack. */
final class HostileFiles {
  private HostileFiles() {}

  static Stream<Row> rows() {
    return Stream.of(pngs(), jpegs(), gifs(), webps(), bmps(), others()).flatMap(List::stream);
  }

  private static byte[] cut(String name, int parts, int of) {
    byte[] whole = sound(name);
    return Arrays.copyOf(whole, whole.length * parts / of);
  }

  private static List<Row> pngs() {
    byte[] data = chunk("IDAT", deflatedZeros(1000));
    byte[] bomb = chunk("zTXt", join(text("a\0\0"), deflatedZeros(1_000_000)));
    return List.of(
        file("png of 65535x65535", greyPng(65_535, 65_535), TOO_LARGE),
        file("png of 2147483647x1", greyPng(Integer.MAX_VALUE, 1), TOO_LARGE),
        file("png of 1x2147483647", greyPng(1, Integer.MAX_VALUE), TOO_LARGE),
        file("png of negative width", greyPng(-1, 10), MALFORMED),
        file("png of negative height", greyPng(10, Integer.MIN_VALUE), MALFORMED),
        file("png of width 0", greyPng(0, 10), MALFORMED),
        file("png of height 0", greyPng(10, 0), MALFORMED),
        file("png of 1x65535", greyPng(1, 65_535), TOO_LARGE),
        file("png of 65535x1", greyPng(65_535, 1), TOO_LARGE),
        file("png of 32768x32768", greyPng(32_768, 32_768), TOO_LARGE),
        file("png of 3x400", greyPng(3, 400), TOO_LARGE),
        file(
            "png of 7000x7000 in 16-bit RGBA",
            png(header(7000, 7000, 16, 6), data, end()),
            TOO_LARGE),
        file(
            "png whose 48 million pixels come from 48 KB",
            png(header(8000, 6000, 8, 0), chunk("IDAT", deflatedZeros(48_006_000)), end()),
            TOO_LARGE),
        file("png with too little data", greyPng(100, 100), MALFORMED),
        file("png cut in the middle", cut("rgb.png", 1, 2), MALFORMED),
        file(
            "png with data that is not deflated",
            png(header(8, 8, 8, 0), chunk("IDAT", text("not deflated at all")), end()),
            MALFORMED),
        file("png without data", png(header(8, 8, 8, 0), end()), MALFORMED),
        file("png without header", png(data, end()), MALFORMED),
        file("png with a short header", png(chunk("IHDR", big(8, 8)), data, end()), MALFORMED),
        file(
            "png chunk of 2 GB beside a palette",
            palettePng(chunk("spAm", Integer.MAX_VALUE, new byte[4])),
            MALFORMED),
        file("png chunk of negative length", palettePng(chunk("spAm", -8, new byte[4])), MALFORMED),
        file("png profile of 1 GB", palettePng(chunk("iCCP", 1 << 30, text("p\0\0"))), MALFORMED),
        file(
            "png palette list of 1 GB",
            palettePng(chunk("sPLT", 1 << 30, text("p\0\10"))),
            MALFORMED),
        file(
            "png with 5000 texts that inflate to 5 GB",
            png(header(8, 8, 8, 0), repeated(bomb, 5000), data, end()),
            TOO_LARGE),
        file(
            "png with 5000 unknown chunks",
            palettePng(repeated(chunk("spAm", new byte[0]), 5000)),
            TOO_LARGE),
        file(
            "png animation of 10000 frames",
            png(header(8, 8, 8, 0), chunk("acTL", big(10_000, 0)), data, end()),
            TOO_LARGE),
        file(
            "png animation of -1 frames",
            png(header(8, 8, 8, 0), chunk("acTL", big(-1, 0)), data, end()),
            TOO_LARGE),
        file("png of colour type 5", png(header(8, 8, 8, 5), data, end()), MALFORMED),
        file("png of 3 bits", png(header(8, 8, 3, 0), data, end()), MALFORMED),
        file("png of RGB at 1 bit", png(header(8, 8, 1, 2), data, end()), MALFORMED),
        file("png without its palette", png(header(8, 8, 8, 3), data, end()), MALFORMED),
        file(
            "png of interlace method 9",
            png(chunk("IHDR", join(big(8, 8), bytes(8, 0, 0, 0, 9))), data, end()),
            MALFORMED),
        file(
            "png of compression method 7",
            png(chunk("IHDR", join(big(8, 8), bytes(8, 0, 7, 0, 0))), data, end()),
            MALFORMED),
        file(
            "png of filter method 7",
            png(chunk("IHDR", join(big(8, 8), bytes(8, 0, 0, 7, 0))), data, end()),
            MALFORMED),
        file("png signature alone", png(), MALFORMED),
        file("png signature before a jpeg", png(sound("baseline.jpg")), MALFORMED));
  }

  private static List<Row> jpegs() {
    byte[] scan = segment(0xda, bytes(1, 1, 0, 0, 63, 0));
    return List.of(
        file("jpeg of two bytes", bytes(0xff, 0xd8), UNSUPPORTED),
        file("jpeg of start and end", jpeg(), MALFORMED),
        file("jpeg of 65535x65535", jpeg(frame(0xc0, 8, 65_535, 65_535), scan), MALFORMED),
        file("jpeg of 65500x65500", jpeg(frame(0xc0, 8, 65_500, 65_500), scan), TOO_LARGE),
        file("jpeg of 8000x8000", jpeg(frame(0xc0, 8, 8_000, 8_000), scan), TOO_LARGE),
        file("jpeg of 65500x1", jpeg(frame(0xc0, 8, 65_500, 1), scan), TOO_LARGE),
        file("jpeg of 1x65500", jpeg(frame(0xc0, 8, 1, 65_500), scan), TOO_LARGE),
        file("jpeg of width 0", jpegWithFrame(7, 0), MALFORMED),
        file("jpeg of height 0", jpegWithFrame(5, 0), MALFORMED),
        file("jpeg, lossless", jpeg(frame(0xc3, 8, 16, 16), scan), UNSUPPORTED),
        file("jpeg, hierarchical", jpeg(frame(0xc5, 8, 16, 16), scan), UNSUPPORTED),
        file("jpeg, arithmetic", jpeg(frame(0xc9, 8, 16, 16), scan), UNSUPPORTED),
        file("jpeg of 12 bits", jpeg(frame(0xc0, 12, 16, 16), scan), MALFORMED),
        file("jpeg without a frame", jpeg(scan), MALFORMED),
        file("jpeg without tables", jpeg(frame(0xc0, 8, 16, 16), scan), MALFORMED),
        file("jpeg that ends in its tables", cut("baseline.jpg", 1, 8), MALFORMED),
        file("jpeg of 200 scans", join(sound("progressive.jpg"), repeated(scan, 200)), TOO_LARGE),
        file(
            "jpeg of 5000 segments",
            jpegWith(repeated(segment(0xe5, new byte[0]), 5000)),
            TOO_LARGE),
        file(
            "jpeg segment that claims the rest",
            join(bytes(0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff), new byte[16]),
            MALFORMED),
        file(
            "jpeg of 255 components",
            jpeg(segment(0xc0, join(bytes(8, 0, 16, 0, 16, 255), new byte[765])), scan),
            MALFORMED),
        file("jpeg start before noise", join(bytes(0xff, 0xd8, 0xff), noise(5000)), MALFORMED),
        file("jpeg start before zeros", join(bytes(0xff, 0xd8, 0xff), new byte[5000]), MALFORMED));
  }

  private static byte[] noise(int count) {
    var noise = new byte[count];
    new Random(11).nextBytes(noise);
    return noise;
  }

  private static List<Row> gifs() {
    byte[] pixel = gifFrame(1, 1, gifPixel());
    byte[] comment =
        join(bytes(0x21, 0xfe), repeated(join(bytes(255), new byte[255]), 4100), bytes(0));
    return List.of(
        file("gif of its name", text("GIF89a"), MALFORMED),
        file("gif of another year", join(text("GIF88a"), new byte[40]), UNSUPPORTED),
        file("gif of 65535x65535 around one pixel", gif(65_535, 65_535, pixel), TOO_LARGE),
        file(
            "gif with a frame of 65535x65535",
            gif(1, 1, gifFrame(65_535, 65_535, gifPixel())),
            TOO_LARGE),
        file("gif of 1x65535", gif(1, 65_535, pixel), TOO_LARGE),
        file("gif with a frame of 0x0", gif(10, 10, gifFrame(0, 0, gifPixel())), MALFORMED),
        file("gif of 10000 frames", gif(1, 1, repeated(pixel, 10_000), bytes(0x3b)), TOO_LARGE),
        file("gif with a comment of 1 MB", gif(1, 1, comment, pixel), TOO_LARGE),
        file(
            "gif with an application's 1 MB",
            gif(
                1,
                1,
                join(
                    bytes(0x21, 0xff, 11),
                    text("SOUFFLEUR01"),
                    repeated(join(bytes(255), new byte[255]), 4100),
                    bytes(0)),
                pixel),
            TOO_LARGE),
        file("gif without a frame", gif(1, 1, bytes(0x3b)), MALFORMED),
        file(
            "gif whose codes have 200 bits",
            gif(1, 1, gifFrame(1, 1, bytes(200, 1, 1, 0))),
            MALFORMED),
        file("gif that ends in its palette", cut("offset.gif", 1, 20), MALFORMED));
  }

  private static List<Row> webps() {
    byte[] frames = repeated(animationFrame(1, 1, lossless(1, 1)), 4000);
    return List.of(
        file("webp of its head", webp(), MALFORMED),
        file("webp of an unknown chunk", webp(riff("SPAM", new byte[20])), MALFORMED),
        file(
            "webp of 16x16 around 16384x16384",
            webp(canvas(0, 16, 16), lossless(16_384, 16_384)),
            MALFORMED),
        file(
            "webp of 16x16 around 4000x4000, lossy",
            webp(canvas(0, 16, 16), lossy(4_000, 4_000)),
            MALFORMED),
        file("webp canvas of 16777216²", webp(canvas(0, 1 << 24, 1 << 24)), TOO_LARGE),
        file("webp canvas of 1x16000", webp(canvas(0, 1, 16_000)), TOO_LARGE),
        file("webp of 16384x16384", webp(lossless(16_384, 16_384)), TOO_LARGE),
        file("webp of 16383x16383, lossy", webp(lossy(16_383, 16_383)), TOO_LARGE),
        file("webp of 4000x4000, lossy", webp(lossy(4_000, 4_000)), TOO_LARGE),
        file("webp of 0x0, lossy", webp(lossy(0, 0)), MALFORMED),
        file("webp of 4000 frames", webp(canvas(2, 1, 1), frames), TOO_LARGE),
        file(
            "webp frame of 1x1 around 8000x8000",
            webp(canvas(2, 8_000, 8_000), animationFrame(1, 1, lossless(8_000, 8_000))),
            MALFORMED),
        file("webp animation without frames", webp(canvas(2, 8, 8)), MALFORMED),
        file("webp of a size and no more", webp(riff("VP8L", bytes(0x2f, 63, 0, 0, 0))), MALFORMED),
        file("webp with a wrong signature", webp(riff("VP8L", new byte[32])), MALFORMED),
        file(
            "webp that begins between frames",
            webp(riff("VP8 ", join(bytes(0x11, 0, 0), new byte[32]))),
            MALFORMED),
        file("webp canvas of 4 bytes", webp(riff("VP8X", new byte[4])), MALFORMED),
        file(
            "webp of 5000 chunks",
            webp(canvas(0, 8, 8), repeated(riff("SPAM", new byte[0]), 5000)),
            TOO_LARGE),
        file("webp of 100000 passes", LosslessWebp.passes(1500, 1500, 100_000), TIMEOUT),
        file(
            "webp of 20000 tables",
            LosslessWebp.predictions(1500, 1500, 20_000),
            TOO_LARGE,
            TIMEOUT),
        file("webp of 65536 groups of codes", LosslessWebp.groups(64, 64), TOO_LARGE),
        file("webp cut in the middle", cut("lossless.webp", 1, 2), MALFORMED),
        file("webp cut in its head", cut("lossy.webp", 1, 12), MALFORMED));
  }

  private static List<Row> bmps() {
    byte[] pixels = new byte[192];
    return List.of(
        file("bmp of two bytes", text("BM"), MALFORMED),
        file("bmp that ends in its header", Arrays.copyOf(bmp(8, 8, 24, 0, pixels), 30), MALFORMED),
        file("bmp of 65535x65535", bmp(65_535, 65_535, 24, 0, pixels), MALFORMED),
        file("bmp of 40000x40000 in runs", bmpInRuns(40_000, 40_000), TOO_LARGE),
        file("bmp of 8000x8000 in runs", bmpInRuns(8_000, 8_000), TOO_LARGE),
        file("bmp of 1x65535 in runs", bmpInRuns(1, 65_535), TOO_LARGE),
        file(
            "bmp of 2147483647²",
            bmp(Integer.MAX_VALUE, Integer.MAX_VALUE, 24, 0, pixels),
            MALFORMED),
        file("bmp of 1x65535", bmp(1, 65_535, 24, 0, pixels), MALFORMED),
        file("bmp of width 0", bmp(0, 8, 24, 0, pixels), MALFORMED),
        file("bmp of negative width", bmp(-8, 8, 24, 0, pixels), MALFORMED),
        file("bmp of height -2147483648", bmp(8, Integer.MIN_VALUE, 24, 0, pixels), MALFORMED),
        file("bmp of 7 bits", bmp(8, 8, 7, 0, pixels), MALFORMED),
        file("bmp around a png", bmp(8, 8, 0, 5, greyPng(60_000, 60_000)), UNSUPPORTED),
        file("bmp around a jpeg", bmp(8, 8, 0, 4, sound("baseline.jpg")), UNSUPPORTED),
        file("bmp of compression -1", bmp(8, 8, 24, -1, pixels), UNSUPPORTED),
        file("bmp with pixels behind its end", bmp(40, 1 << 30, 8, 8, 24, 0, 0, pixels), MALFORMED),
        file("bmp with an odd header", bmp(7, 54, 8, 8, 24, 0, 0, pixels), MALFORMED),
        file("bmp with too few pixels", bmp(100, 100, 24, 0, pixels), MALFORMED),
        file(
            "bmp of 2147483647 colours",
            bmp(40, 54, 8, 8, 8, 0, Integer.MAX_VALUE, pixels),
            MALFORMED));
  }

  private static byte[] bmpInRuns(int width, int height) {
    return bmp(40, 54 + 1024, width, height, 8, 1, 256, new byte[2000]);
  }

  private static List<Row> others() {
    byte[] picture = sound("rgb.png");
    return List.of(
        file("svg", text("<svg xmlns='http://www.w3.org/2000/svg'/>"), UNSUPPORTED),
        file("svg in xml", text("<?xml version='1.0'?><svg/>"), UNSUPPORTED),
        file(
            "xml of a billion laughs",
            text("<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><x>&b;</x>"),
            UNSUPPORTED),
        file("html", text("<!DOCTYPE html><script>alert(1)</script>"), UNSUPPORTED),
        file("html in utf-16", "<html></html>".getBytes(StandardCharsets.UTF_16), UNSUPPORTED),
        file("pdf", text("%PDF-1.7\n%%EOF"), UNSUPPORTED),
        file("postscript", text("%!PS-Adobe-3.0\n"), UNSUPPORTED),
        file("tiff, little", join(text("II*\0"), new byte[32]), UNSUPPORTED),
        file("tiff, big", join(text("MM\0*"), new byte[32]), UNSUPPORTED),
        file("ico", join(bytes(0, 0, 1, 0, 1, 0), new byte[32]), UNSUPPORTED),
        file("avif", join(big(28), text("ftypavif"), new byte[32]), UNSUPPORTED),
        file("heic", join(big(28), text("ftypheic"), new byte[32]), UNSUPPORTED),
        file("jpeg xl", join(bytes(0xff, 0x0a), new byte[32]), UNSUPPORTED),
        file("jpeg 2000", join(big(12), text("jP  \r\n\207\n"), new byte[32]), UNSUPPORTED),
        file("psd", join(text("8BPS"), new byte[32]), UNSUPPORTED),
        file("openexr", join(bytes(0x76, 0x2f, 0x31, 0x01), new byte[32]), UNSUPPORTED),
        file("netpbm", text("P6 8 8 255\n"), UNSUPPORTED),
        file("xpm", text("/* XPM */"), UNSUPPORTED),
        file("gzip", join(bytes(0x1f, 0x8b, 8, 0), new byte[32]), UNSUPPORTED),
        file("zip", join(text("PK\3\4"), new byte[32]), UNSUPPORTED),
        file("program", join(bytes(0x7f, 'E', 'L', 'F'), new byte[32]), UNSUPPORTED),
        file("class file", big(0xcafebabe, 69), UNSUPPORTED),
        file("serialised Java", bytes(0xac, 0xed, 0, 5, 0x73, 0x72), UNSUPPORTED),
        file("pickle", bytes(0x80, 4, 0x95, 0, 0), UNSUPPORTED),
        file("shell script", text("#!/bin/sh\nreboot\n"), UNSUPPORTED),
        file("json", text("{\"image\": true}"), UNSUPPORTED),
        file("mp4 as a picture", join(big(24), text("ftypisom"), new byte[32]), UNSUPPORTED),
        file("webm as a picture", join(bytes(0x1a, 0x45, 0xdf, 0xa3), new byte[32]), UNSUPPORTED),
        file(
            "avi as a picture",
            join(text("RIFF"), big(32), text("AVI "), new byte[32]),
            UNSUPPORTED),
        file("wave", join(text("RIFF"), big(32), text("WAVE"), new byte[32]), UNSUPPORTED),
        file("one byte", bytes(7), UNSUPPORTED),
        file("a megabyte of zeros", new byte[1 << 20], UNSUPPORTED),
        file("noise", noise(65_536), UNSUPPORTED),
        file("html, then a png", join(text("<html>"), picture), UNSUPPORTED),
        file("pdf, then a jpeg", join(text("%PDF-1.7\n"), sound("baseline.jpg")), UNSUPPORTED),
        file("zip, then a png", join(text("PK\3\4"), picture), UNSUPPORTED),
        file("spaces, then a png", join(text("  "), picture), UNSUPPORTED),
        file("byte order mark, then a png", join(bytes(0xef, 0xbb, 0xbf), picture), UNSUPPORTED));
  }
}
