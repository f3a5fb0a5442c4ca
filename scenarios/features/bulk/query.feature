# language: ja
機能: 一括照会 | Asking about many at once

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:two-steps
  シナリオ: 受付番号を受け取り、処理中の間は繰り返し尋ねて結果を得る | A reception number first, then the question again until there is a result
    もし 「見本診療所」が「架空花子」と「仮名太郎」の資格を一括で照会する
    ならば 一括照会はまず受付番号で答えられる [OQS-BULK-01]
    かつ 一括照会の結果は処理中の間くり返し求められ、取り込まれる [OQS-MSG-12]
    かつ 一括照会で「架空花子」の資格は有効と回答される [OQS-BULK-03]
    かつ 一括照会で「架空花子」の氏名は『架空　花子』と回答される [OQS-BULK-03]
    かつ 一括照会で「仮名太郎」の氏名は『仮名　太郎』と回答される [OQS-BULK-03]
    かつ 一括照会の結果の件数は正常2件、エラー0件である [OQS-BULK-04]

  @id:opposite-order
  シナリオ: 結果が照会と逆の順で届いても取り違えない | A result in the opposite order mixes nobody up
    前提 一括照会の結果は照会と逆の順で届く
    もし 「見本診療所」が「架空花子」と「仮名太郎」と「無札七子」の資格を一括で照会する
    ならば 一括照会で「架空花子」の氏名は『架空　花子』と回答される [OQS-BULK-03, OQS-MSG-10]
    かつ 一括照会で「仮名太郎」の氏名は『仮名　太郎』と回答される [OQS-BULK-03, OQS-MSG-10]
    かつ 一括照会で「無札七子」の氏名は『無札　七子』と回答される [OQS-BULK-03, OQS-MSG-10]

  @id:bad-entry @twin:bulk/two-steps
  シナリオ: 番号を欠いた一件は、他の照会を妨げない | An entry without a number spoils no other
    もし 「見本診療所」が「架空花子」と「仮名太郎」の資格を、「架空花子」の番号を欠いたまま一括で照会する
    ならば 一括照会で「架空花子」の照会だけはエラーになる [OQS-BULK-05]
    かつ 一括照会で「仮名太郎」の資格は有効と回答される [OQS-BULK-05]
    かつ 一括照会の結果の件数は正常1件、エラー1件である [OQS-BULK-04, OQS-BULK-05]

  @id:fetched-again
  シナリオ: 照会した医療機関は、受付番号で結果をもう一度受け取れる | Whoever asked can fetch the result once more
    もし 「見本診療所」が「架空花子」の資格を一括で照会する
    かつ 「見本診療所」が一括照会の結果を受付番号で求める
    ならば 一括照会の結果は渡される [OQS-BULK-02]

  @id:fetched-elsewhere @twin:bulk/fetched-again
  シナリオ: 他の医療機関の受付番号では結果は渡されない | The reception number of another institution fetches nothing
    もし 「見本診療所」が「架空花子」の資格を一括で照会する
    かつ 「架空病院」が一括照会の結果を受付番号で求める
    ならば 一括照会の結果は渡されない [OQS-BULK-02]

  @id:other-reception-number @twin:bulk/fetched-again
  シナリオ: 別の受付番号の結果は取り込まない | A result under another reception number is not taken in
    前提 一括照会の結果は別の受付番号で届く
    もし 「見本診療所」が「架空花子」の資格を一括で照会する
    ならば 一括照会の結果は取り込まれない [OQS-BULK-06]

  @id:same-limit
  シナリオ: 限度額区分に変更がないことだけが分かる | Only that the limit class is the same
    もし 「見本診療所」が「架空花子」の資格を、限度額区分『A03』からの変更の有無とともに一括で照会する
    ならば 一括照会で「架空花子」の限度額は変更なしと回答される [OQS-BULK-07, OQS-LIM-09]
    かつ 一括照会では限度額区分も同意も回答されない [OQS-BULK-07, OQS-LIM-09]

  @id:other-limit @twin:bulk/same-limit
  シナリオ: 限度額区分が変わっても、新しい区分は回答されない | Of another limit class only that it is another
    もし 「見本診療所」が「架空花子」の資格を、限度額区分『A04』からの変更の有無とともに一括で照会する
    ならば 一括照会で「架空花子」の限度額は変更ありと回答される [OQS-BULK-07, OQS-LIM-09]
    かつ 一括照会では限度額区分も同意も回答されない [OQS-BULK-07, OQS-LIM-09]

  @id:after-a-visit
  シナリオ: 来院時の同意は一括照会に及ばない | A consent given at the reader does not reach a bulk query
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 限度額区分『A03』が回答される [OQS-LIM-01]
    もし 「見本診療所」が「架空花子」の資格を一括で照会する
    ならば 一括照会では限度額区分も同意も回答されない [OQS-BULK-07]

  @id:shift-jis
  シナリオ: Shift_JIS での一括照会 | A bulk query in Shift_JIS
    もし 「仮名薬局」が「髙﨑試」と「架空花子」の資格を一括で照会する
    ならば 一括照会で「髙﨑試」の氏名は『髙﨑　試』と回答される [OQS-MSG-05]
    かつ 一括照会で「架空花子」の氏名は『架空　花子』と回答される [OQS-MSG-05, OQS-BULK-03]
