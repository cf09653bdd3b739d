/// An array that needs no memory of its own for one element: most topics have one subscriber, and most sessions follow
/// one topic.
package struct Few<Element> {
    /// While there are no others.
    private var one: Element?
    /// Empty, or two and more.
    private var many: ContiguousArray<Element> = []

    package init() {}

    /// The elements where they lie in memory; none where there is but one.
    package func withMany<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        many.withUnsafeBufferPointer(body)
    }
}

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
