import Chorus
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test(
        "escapes become bytes, and the bytes must be UTF-8",
        arguments: [
            ("", ""), ("plain", "plain"), ("%41", "A"), ("%6a%6A", "jj"), ("a%20b", "a b"), ("a+b", "a+b"),
            ("%F0%9F%8E%B6", "🎶"), ("%00", "\0"), ("100%25", "100%"), ("%2525", "%25"),
        ]
    )
    func decodes(_ text: String, _ expected: String) {
        #expect(PercentEncoding.decode(text) == expected)
    }

    @Test(
        "an incomplete escape, or bytes that are not UTF-8, is nothing",
        arguments: [
            "%", "%1", "a%", "%g0", "%0g", "%%41", "%+1", "%80", "%C3", "%C0%80", "%ED%A0%80", "%F8%88%80%80%80",
        ]
    )
    func refuses(_ text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test("a query is pairs in their order; a plus is a space")
    func query() {
        let pairs = PercentEncoding.decodeQuery("name=Ada+L&x=1=2&flag&x=%26&=empty&&a%3Db=c")
        #expect(pairs.map(\.name) == ["name", "x", "flag", "x", "", "a=b"])
        #expect(pairs.map(\.value) == ["Ada L", "1=2", "", "&", "empty", "c"])
    }

    @Test("a pair that cannot be decoded is left out, and only that")
    func brokenPair() {
        let pairs = PercentEncoding.decodeQuery("a=1&b=%ff&%=2&c=3")
        #expect(pairs.map(\.name) == ["a", "c"])
    }

    @Test("an empty query has no pairs")
    func emptyQuery() {
        #expect(PercentEncoding.decodeQuery("").isEmpty)
        #expect(PercentEncoding.decodeQuery("&&").isEmpty)
    }
}
