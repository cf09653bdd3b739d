import Chorus
import Testing

@Suite("Cookies")
struct CookieTests {
    @Test(
        "the first of a name is found",
        arguments: [
            (["a=b"], "b"), (["x=y; a=b"], "b"), (["x=y;a=b"], "b"), (["a=b; a=c"], "b"), (["x=y", "a=b"], "b"),
            (["a="], ""),
            (["a=b=c=="], "b=c=="), (["a=\"b c\""], "b c"), (["a=\""], "\""), (["a=\"b"], "\"b"), (["; ;a=b"], "b"),
            (["\ta=b"], "b"), (["aa=b"], nil), (["A=b"], nil), (["a"], nil), (["a b=c"], nil), ([], nil), (["=b"], nil),
        ] as [([String], String?)]
    )
    func values(_ fields: [String], _ value: String?) {
        #expect(CookieHeader.value(of: "a", in: fields) == value)
    }
}
