# language: ja
機能: 共有フォルダーのファイル | Files in the shared folders
  名前・文字コード・日付・同意の時刻が、電文の約束のとおりであること。

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:result
  シナリオ: カードによる結果のファイル | The result of a card
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 結果のファイル名は十四桁の数字で終わる [OQS-MSG-03]
    かつ ファイルは表示どおりの文字コードで書かれている [OQS-MSG-06]
    かつ ファイルの日付と時刻は実在する [OQS-MSG-16]
    かつ 同意の時刻は、同意のあるときだけそろっている [OQS-CONS-08]
    かつ 回答は番号とカードのどちらによるかを示す [OQS-QUAL-04]
    かつ 回答には必ず性別がある [OQS-QUAL-30]

  @id:result-without-consent @twin:files/result
  シナリオ: 同意のない結果に同意の時刻はない | Without consent no time of consent
    前提 「架空花子」はどの情報の提供にも同意しない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 同意の時刻は、同意のあるときだけそろっている [OQS-CONS-08]

  @id:answer-to-numbers @twin:files/result
  シナリオ: 番号による回答は本人の確認を示さない | An answer to numbers confirms no holder
    もし 「見本診療所」が「架空花子」の資格を証の番号で照会する
    ならば 回答は番号とカードのどちらによるかを示す [OQS-QUAL-04]
    かつ 依頼のファイルごとに、名前の対応する回答が一つある [OQS-MSG-01]
    かつ ファイルの日付と時刻は実在する [OQS-MSG-16]
    かつ 回答には必ず性別がある [OQS-QUAL-30]

  @id:many-requests
  シナリオ: 回答は依頼の名前に対応する | Each answer under the name of its request
    もし 「見本診療所」が「架空花子」の資格を証の番号で照会する
    かつ 「見本診療所」が「仮名太郎」の資格を証の番号で照会する
    かつ 「見本診療所」が「架空花子」と「仮名太郎」の資格を一括で照会する
    ならば 依頼のファイルごとに、名前の対応する回答が一つある [OQS-MSG-01]

  @id:shift-jis
  シナリオ: Shift_JIS の表示と中身 | Shift_JIS as it is stated
    もし 「仮名薬局」が「髙﨑試」の資格を証の番号で照会する
    かつ 「髙﨑試」が「仮名薬局」で顔認証により受付する
    ならば ファイルは表示どおりの文字コードで書かれている [OQS-MSG-06]

  @id:error
  シナリオ: 異常終了の回答 | An answer that reports an error
    前提 「架空花子」はどの情報の提供にも同意しない
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の健診情報を求める
    ならば 異常終了の回答に人の情報はない [OQS-MSG-11]

  @id:shift-jis-switched @twin:files/result
  シナリオ: 文字コードを切り替えれば表示も替わる | Another character code is stated as such
    前提 「見本診療所」の文書は Shift_JIS である
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば ファイルは表示どおりの文字コードで書かれている [OQS-MSG-06]

  @id:grown-up
  シナリオ: 未就学でない人 | Not a preschool child
    もし 「架空花子」が「見本診療所」で暗証番号『1234』により受付する
    ならば 回答に未就学の区分はない [OQS-QUAL-20]

  @id:preschool @twin:files/grown-up
  シナリオ: 未就学の子は区分で分かる | A preschool child is marked
    もし 「新生あかり」が「見本診療所」で暗証番号『1220』により受付する
    ならば 回答に未就学の区分がある [OQS-QUAL-20]
