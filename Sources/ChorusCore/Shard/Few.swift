/// An array that needs no memory of its own for one element: most topics have one subscriber, most sessions follow one
/// topic, and most turns find one segment.
package struct Few<Element> {
    /// While there are no others.
    private var one: Element?
    /// Empty, or two and more.
    private var many: ContiguousArray<Element> = []

    package init() {}

    /// The elements in one piece of memory: where they lie, but for one that is alone, which is copied.
    package func withElements<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        guard let one else { return many.withUnsafeBufferPointer(body) }
        return withUnsafePointer(to: one) { body(UnsafeBufferPointer(start: $0, count: 1)) }
    }
}

extension Few: Sendable where Element: Sendable {}

extension Few: RandomAccessCollection, MutableCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { one == nil ? many.count : 1 }

    package subscript(_ index: Int) -> Element {
        get {
            guard let one else { return many[index] }
            precondition(index == 0, "there is one element")
            return one
        }
        set { if one == nil { many[index] = newValue } else { one = newValue } }
    }

    package mutating func append(_ element: Element) {
        if let first = one.take() {
            many = [first, element]
        } else if many.isEmpty {
            one = element
        } else {
            many.append(element)
        }
    }

    package mutating func removeLast() {
        if one.take() == nil { many.removeLast() }
        shrink()
    }

    package mutating func remove(at index: Int) -> Element {
        if let one = one.take() { return one }
        defer { shrink() }
        return many.remove(at: index)
    }

    package mutating func removeAll() { self = Few() }

    /// Whoever is alone again needs no array.
    private mutating func shrink() {
        guard many.count == 1 else { return }
        one = many[0]
        many = []
    }
}
